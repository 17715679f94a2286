import { type Document, isMap, isScalar, isSeq, type Node, type Pair, visit } from "yaml";

import { canonical, type Json } from "../core/json.ts";
import type { Problem } from "./bytes.ts";

/** A problem before its line is known. */
type Found = Omit<Problem, "line" | "column"> & { offset: number };

/** Escapes that Helm and Kubernetes refuse, or that Kustomize writes as something else. */
const rareEscape = /^(?:[^\\]|\\[^/NLP_])*\\([/NLP_])/;

/** Forms that are YAML and that Helm or Kustomize read otherwise than we do, or not at all. */
export function rareForms(document: Document.Parsed, text: string): Found[] {
  const found: Found[] = [];
  const quoted: (readonly [number, number])[] = [];
  const report = (offset: number, message: string, fix: string) =>
    found.push({ rule: "yaml-syntax", message, fix, offset });
  visit(document, {
    Scalar: (key, node, above) => {
      const [from, to] = [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
      const raw = text.slice(from, to);
      const isBlock = node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL";
      if (node.type !== "PLAIN") quoted.push([from, to]);
      if (isBlock && /\n *\t/.test(raw))
        report(from, "has a line that begins with a tab, which is no indentation", "use blanks");
      if (isBlock && to === text.length && !text.endsWith("\n") && !/^[|>]\d?-/.test(raw))
        report(
          from,
          "ends in text without a line break, which not every reader adds",
          "end the file with a line break",
        );
      if (key === "key" && isInFlow(above) && raw.includes("\n"))
        report(from, "has a key over two lines in braces", "write it in one line");
      else if (node.type === "PLAIN" && isInFlow(above) && /[?]|^:|:$/.test(raw))
        report(from, `holds ${raw} in brackets, part of a key to some readers`, "put it in quotes");
      else if (node.type === "BLOCK_FOLDED" && /(^|\n)[ \t]|\n\n$/.test(String(node.value)))
        report(
          from,
          "folds text that Kustomize writes otherwise: with indented lines, or blank ones kept at its end",
          "use | in place of >",
        );
      const escape = node.type === "QUOTE_DOUBLE" ? rareEscape.exec(raw)?.[1] : undefined;
      if (escape !== undefined)
        report(from, `has the escape \\${escape}, which not every reader knows`, "write the character itself");
    },
    Pair: (_, pair, above) => {
      const map = above.at(-1);
      if (!isMap(map) || map.flow !== true) return;
      const [offset, end] = (pair.key as Node | null)?.range ?? [0, 0];
      if (isScalar(pair.key) && pair.key.type === "PLAIN" && /^\s*:\S/.test(text.slice(end)))
        report(offset, "has a key in braces whose colon no blank follows", "put a blank behind the colon");
      else if (isWithoutValue(pair))
        report(offset, "has an entry without a value in braces", 'write null or "", whichever is meant');
    },
  });
  const tab = tabOutside(text, quoted);
  if (tab !== undefined) report(tab, "has a tab outside of quotes", "use blanks");
  const tail = /\n[ \t]+$/.exec(text);
  if (tail !== null) report(tail.index + 1, "ends in a line of blanks", "end it after the last line break");
  return found;
}

function isInFlow(above: readonly unknown[]): boolean {
  return above.some((node) => (isMap(node) || isSeq(node)) && node.flow === true);
}

function isWithoutValue({ value }: Pair): boolean {
  return value === null || (isScalar(value) && value.type === "PLAIN" && value.source === "");
}

/** Where the first tab is that is neither in quotes, nor in a block of text, nor in a comment. */
function tabOutside(text: string, quoted: readonly (readonly [number, number])[]): number | undefined {
  for (let offset = text.indexOf("\t"); offset !== -1; offset = text.indexOf("\t", offset + 1)) {
    if (quoted.some(([from, to]) => from <= offset && offset < to)) continue;
    const line = text.slice(text.lastIndexOf("\n", offset) + 1, offset);
    if (!/(^|\s)#/.test(line)) return offset;
  }
  return undefined;
}

/** Where two readings of one text part: the path as people write it; undefined where they are the same. */
export function disagreement(a: Json | undefined, b: Json | undefined, path = ""): string | undefined {
  if (text(a) === text(b)) return undefined;
  if (
    typeof a !== "object" ||
    typeof b !== "object" ||
    a === null ||
    b === null ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return path;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    const step = path === "" ? key : `${path}.${key}`;
    const inner = disagreement((a as Record<string, Json>)[key], (b as Record<string, Json>)[key], step);
    if (inner !== undefined) return inner;
  }
  return path;
}

const text = (value: Json | undefined) => (value === undefined ? "" : canonical(value));
