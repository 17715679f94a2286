import { Document, isMap, isNode, isScalar, parseDocument, Scalar, visit } from "yaml";

import type { Json, JsonPath } from "../core/json.ts";
import { ambiguity } from "./ambiguous.ts";

/** What stands without quotes: words that no reader takes for anything else. */
const plain = /^((\.\.\/)+|\.\/)?[A-Za-z@][A-Za-z0-9@._/-]*( [A-Za-z0-9@._/-]+)*$/;

/** Printable lines, each with its end, none of which ends with a space, the first not begun with one: they stand as a person would write them. */
const lines = /^[!-~](?:[ -~]*[!-~])?\n(?:(?: *[!-~](?:[ -~]*[!-~])?)?\n)*$/;

const format = { lineWidth: 0, indentSeq: true } as const;

/** Data as YAML that all our readers read alike: text is quoted unless it is a plain word. */
export function emitYaml(data: Json): string {
  const document = new Document(data, { aliasDuplicateObjects: false });
  quoteScalars(document);
  return document.toString(format);
}

/** One value to be set, or taken away where it is undefined. */
export interface Edit {
  path: JsonPath;
  value: Json | undefined;
  /** Keys that a new one comes before: the first that is there. At the end without. */
  before?: readonly string[];
}

/** Sets values in a YAML file and leaves everything else, comments and order, as it is. */
export function editYaml(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { version: "1.2" });
  editDocument(document, edits);
  return document.toString(format);
}

/** The same in a document that is open. */
export function editDocument(document: Document.Parsed | Document, edits: readonly Edit[]): void {
  for (const { path, value, before = [] } of edits) {
    if (value === undefined) document.deleteIn(path);
    else {
      const node = document.createNode(value);
      quoteScalars(node);
      const old = document.getIn(path, true);
      if (isScalar(old) && isScalar(node)) node.comment = old.comment ?? null;
      document.setIn(path, node);
      const map = document.getIn(path.slice(0, -1), true);
      // A new key is a bare text until the document is read again.
      if (isMap(map)) for (const pair of map.items) if (!isNode(pair.key)) pair.key = document.createNode(pair.key);
      const place = isMap(map)
        ? map.items.findIndex(({ key }) => isScalar(key) && before.includes(String(key.value)))
        : -1;
      if (old === undefined && isMap(map) && place !== -1) map.items.splice(place, 0, map.items.pop()!);
    }
  }
}

/** Gives each text of a document the one form that no reader takes for anything else. */
export function quoteScalars(node: Parameters<typeof visit>[0]): void {
  visit(node, {
    Scalar(_key, scalar) {
      const { value } = scalar;
      if (typeof value !== "string") return;
      const isWord = plain.test(value) && ambiguity(value) === undefined && !/^(true|false|null)$/i.test(value);
      scalar.type = isWord ? Scalar.PLAIN : lines.test(value) ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
    },
  });
}
