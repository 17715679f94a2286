import { readFileSync } from "node:fs";
import path from "node:path";

import { stringsAt } from "../core/json.ts";
import { type DocumentKind, documentKinds, type DocumentOf } from "../repo/document-kinds.ts";

type ValueAt<T, Path extends readonly string[]> = Path extends readonly [infer Key, ...infer Rest extends string[]]
  ? Key extends keyof NonNullable<T>
    ? ValueAt<NonNullable<T>[Key], Rest>
    : never
  : NonNullable<T>;

/** The values that the schema of a kind of document allows at a path, for options that take one of them. */
export function choicesOf<Kind extends DocumentKind, const Path extends readonly string[]>(
  kind: Kind,
  ...keys: Path
): readonly (ValueAt<DocumentOf<Kind>, Path> & string)[] {
  const file = path.join(import.meta.dirname, "../../..", documentKinds[kind].schema);
  const schema: unknown = JSON.parse(readFileSync(file, "utf8"));
  const values = stringsAt(schema, ...keys.flatMap((key) => ["properties", key]), "enum");
  if (values.length === 0) throw new Error(`${documentKinds[kind].schema} has no enumeration at ${keys.join(".")}`);
  return values as unknown as readonly (ValueAt<DocumentOf<Kind>, Path> & string)[];
}
