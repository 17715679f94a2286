import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from "yaml";

import type { Clear } from "./cipher.ts";

/** A value of a document, and the keys that lead to it. List positions are no part of a path, as with SOPS. */
export interface Leaf {
  path: readonly string[];
  /** The same with list positions: no other value has it. */
  place: string;
  scalar: Scalar;
}

/** Every value in the order of the document, but for what is below sops. */
export function leavesOf(document: Document): Leaf[] {
  const found: Leaf[] = [];
  visit(document.contents, [], "");
  return found;

  function visit(node: Node | null, path: readonly string[], place: string): void {
    if (isMap(node)) {
      for (const { key, value } of node.items as Pair<Scalar, Node | null>[]) {
        const name = String(key.value);
        if (path.length > 0 || name !== "sops") visit(value, [...path, name], `${place}\0${name}`);
      }
    } else if (isSeq(node))
      for (const [index, item] of node.items.entries()) visit(item as Node, path, `${place}\0${index}`);
    else if (isScalar(node)) found.push({ path, place, scalar: node });
  }
}

/** What is authenticated with a value: its keys, each with a colon behind. */
export const pathText = (path: readonly string[]) => path.map((key) => `${key}:`).join("") || ":";

/** A value as SOPS hashes and encrypts it; undefined for null, which it leaves alone. */
export function clearOf({ value, source }: Scalar): Clear | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return { type: "str", text: value };
  if (typeof value === "boolean") return { type: "bool", text: value ? "True" : "False" };
  if (typeof value !== "number") throw new Error(`a value of the type ${typeof value}`);
  return /^[-+]?\d+$/.test(source ?? String(value))
    ? { type: "int", text: String(value) }
    : { type: "float", text: plainNumber(value) };
}

/** A decrypted value as data again. */
export function dataOf({ type, text }: Clear): string | number | boolean {
  if (type === "bool") return text === "True";
  return type === "int" || type === "float" ? Number(text) : text;
}

/** A number without an exponent, in the fewest digits that mean it (Go: FormatFloat(value, 'f', -1, 64)). */
export function plainNumber(value: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
  if (match === null) return Object.is(value, -0) ? "-0" : String(value);
  const [, sign, whole, fraction = "", exponent] = match as unknown as [
    string,
    string,
    string,
    string | undefined,
    string,
  ];
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return (
    sign + (point >= digits.length ? digits.padEnd(point, "0") : `${digits.slice(0, point)}.${digits.slice(point)}`)
  );
}
