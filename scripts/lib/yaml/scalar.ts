import { isDeepStrictEqual } from "node:util";

import { isScalar, parseDocument, stringify } from "yaml";

import type { JsonPath } from "../core/json.ts";
import { ambiguity } from "./ambiguous.ts";

/** A value that stands without quotes, for every reader the same text. */
const plain = /^[A-Za-z][A-Za-z0-9._/:@+-]*$/;

/**
 * Replaces values that are there already, and not a byte beside them. The result is read again and has to differ in these
 * values alone. Throws where there is no such value.
 */
export function replaceScalars(text: string, values: readonly { path: JsonPath; value: string }[]): string {
  const document = parseDocument(text, { version: "1.2" });
  const places = values.map(({ path, value }) => {
    const node = document.getIn(path, true);
    if (!isScalar(node) || node.range === undefined || node.range === null)
      throw new Error(`there is no value at ${path.join(".")}`);
    const quoted = node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE";
    const isPlain = !quoted && plain.test(value) && !value.endsWith(":") && ambiguity(value) === undefined;
    const written = isPlain ? value : stringify(value, { defaultStringType: "QUOTE_DOUBLE", lineWidth: 0 }).trimEnd();
    return { from: node.range[0], to: node.range[1], written, path, value };
  });
  let result = text;
  for (const { from, to, written } of places.toSorted((a, b) => b.from - a.from))
    result = result.slice(0, from) + written + result.slice(to);
  for (const { path, value } of places) document.setIn(path, value);
  if (!isDeepStrictEqual(document.toJS(), parseDocument(result, { version: "1.2" }).toJS()))
    throw new Error(`replacing ${places.map(({ path }) => path.join(".")).join(", ")} changed more than that`);
  return result;
}
