import fc from "fast-check";
import { Document, Scalar, visit } from "yaml";

/** Documents of every form our strict reader takes. */
const key = fc.constantFrom("a", "b", "data", "stringData", "kind", "x_unencrypted", "8080", "a b", "ä", "fooData");
const leaf = fc.oneof(
  fc
    .string({ unit: "grapheme", maxLength: 12 })
    .filter((text) => !/\p{Cc}|\p{Cs}|[\u2028\u2029\ufeff\ufffe\uffff]/u.test(text)),
  fc.constantFrom(
    "",
    "no",
    "1e3",
    "0755",
    "2026-11-23",
    "null",
    "~",
    " x ",
    "a\nb\n",
    "- a",
    "ENC[x]",
    "a: b",
    "#c",
    "true",
    "\t",
  ),
  fc.integer({ min: -1e12, max: 1e12 }),
  fc.integer({ min: -9_999, max: 9_999 }).map((number) => number / 8),
  fc.boolean(),
  fc.constant(null),
);
const { object } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("object"),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
  object: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));
export const documentOf = fc.record({ first: leaf, rest: object }, { noNullPrototype: true });

/** The same data in another dress: every style of text, lists and objects in a line, comments before, behind and inside. */
export function styled(data: unknown, choose: () => number): string {
  const document = new Document(data);
  let number = 0;
  const styles = [Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE, Scalar.BLOCK_LITERAL, Scalar.BLOCK_FOLDED] as const;
  visit(document, {
    Scalar(place, scalar) {
      if (typeof scalar.value === "string") {
        // Text that starts with a space or has a tab in it, libraries write as blocks that sops can't read.
        const isBlock = place !== "key" && /^\S[^\t]*$/.test(scalar.value);
        scalar.type = styles[choose() % (isBlock ? 4 : 2)]!;
      }
      if (place === "key") return;
      if (choose() < 4) scalar.commentBefore = ` c${number++}`;
      if (choose() < 4) scalar.comment = ` c${number++}`;
    },
    Collection(_key, collection) {
      if (choose() < 8) collection.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Names of the comments that `styled` made. */
export const commentsIn = (text: string) =>
  [...text.matchAll(/# (c\d+)$/gm)].map(([, name]) => name!).toSorted((a, b) => (a < b ? -1 : 1));
