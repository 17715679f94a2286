import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";

import { isDeeper, type Json, type JsonPath } from "../core/json.ts";
import type { RuleId } from "../core/rule-id.ts";
import { disagreement, rareForms } from "./agreement.ts";
import { ambiguity } from "./ambiguous.ts";
import { conflictIn, decode, type Problem } from "./bytes.ts";

/** A YAML file that every reader of the repository reads alike. */
export interface Source {
  data: Json;
  /** Line and column of the value at a path, or of the closest thing above it that exists. */
  locate(path: JsonPath, what?: "key" | "value"): { line: number; column: number };
}

/**
 * Reads one YAML document strictly: one document a file, no duplicate keys, no anchors, aliases, tags or merge keys,
 * no scalar that YAML 1.1 and 1.2 read differently, no form that Helm or Kustomize read their own way (agreement.ts), and
 * nothing that Bun reads otherwise than the library. Everything it refuses is read differently by at least two of
 * Helm, Kustomize, Argo CD, the API server and our own scripts.
 */
export function parseYaml(bytes: Uint8Array): { source: Source } | { problems: Problem[] } {
  const text = decode(bytes);
  if (typeof text !== "string") return { problems: [text] };
  const conflict = conflictIn(text);
  if (conflict !== undefined) return { problems: [conflict] };
  if (text.match(/^(---|\.\.\.)(?=\s|$)/gm)?.some((_, index) => index > 0)) {
    return {
      problems: [{ rule: "yaml-syntax", message: "holds more than one document", fix: "put one object in a file" }],
    };
  }
  const fast = readFast(text);
  if ("problem" in fast) return { problems: [fast.problem] };
  const lines = new LineCounter();
  // uniqueKeys compares every key with every other; walk() below does it with a set.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, version: "1.2", strict: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // What follows the first error in a file follows from it.
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, column } = place(error.pos[0]);
    const empty = emptyBefore(text, line);
    const problem =
      empty === undefined
        ? { message: firstSentence(error.message), fix: "correct the syntax" }
        : { message: `has more after the ${empty.braces} in line ${empty.line}`, fix: `remove the ${empty.braces}` };
    return { problems: [{ rule: "yaml-syntax", ...problem, line, column }] };
  }
  const found = [...walk(document), ...rareForms(document, text)];
  const problems = found.map(({ offset, ...problem }) => ({ ...problem, ...place(offset) }));
  if (problems.length > 0) return { problems };
  const data = document.toJS() as Json;
  if ("error" in fast) {
    const message = `is YAML to one reader and not to another (${fast.error})`;
    return { problems: [{ rule: "yaml-syntax", message, fix: "write it in plain YAML", ...place(0) }] };
  }
  const parting = disagreement(data, fast.data);
  if (parting !== undefined) {
    const where = parting === "" ? "is" : `has ${parting}, which is`;
    const offset = offsetOf(document, parting.split("."), "key");
    const message = `${where} one thing to one reader and another to the next`;
    return { problems: [{ rule: "yaml-syntax", message, fix: "write it in plain YAML", ...place(offset) }] };
  }
  return { source: { data, locate: (path, what = "value") => place(offsetOf(document, path, what)) } };
}

/** The {} or [] of a file that was empty, if what somebody added below it begins at a line. */
function emptyBefore(text: string, line: number): { braces: string; line: number } | undefined {
  const above = text.split("\n").slice(0, line - 1);
  const last = above.findLastIndex((one) => !/^\s*(#.*)?$/.test(one));
  const braces = above[last]?.trim();
  return braces === "{}" || braces === "[]" ? { braces, line: last + 1 } : undefined;
}

/** Files with an error beyond this size are not read again to find its place. */
const locatable = 16 * 1024;

/** No file of ours comes near it; parsers that recurse do. */
const deepest = 64;

/**
 * The reading of Bun, with which the other is compared; or what must not reach the reader that knows positions: it takes
 * gigabytes and minutes for some files that are broken, or only deep. Bun's judges the same in milliseconds.
 */
function readFast(text: string): { data: Json } | { error: string } | { problem: Problem } {
  const tooDeep: Problem = {
    rule: "yaml-syntax",
    message: `is nested more than ${deepest} levels deep`,
    fix: "flatten it",
  };
  try {
    const data = (Bun.YAML.parse(text) ?? null) as Json;
    return isDeeper(data, deepest) ? { problem: tooDeep } : { data };
  } catch (error) {
    if (error instanceof RangeError) return { problem: tooDeep };
    const said = (error as Error).message;
    // The other reader mostly says the same, and where.
    if (text.length <= locatable) return { error: said };
    const message = `is not YAML (${said}); it is too large to say where`;
    return { problem: { rule: "yaml-syntax", message, fix: "correct the syntax, or split the file" } };
  }
}

type OffsetProblem = Omit<Problem, "line" | "column"> & { offset: number };

function walk(document: Document.Parsed): OffsetProblem[] {
  const problems: OffsetProblem[] = [];
  visit(document, {
    Node: (_, node) => {
      const offset = node.range?.[0] ?? 0;
      const report = (rule: RuleId, message: string, fix: string) => problems.push({ rule, message, fix, offset });
      if (isAlias(node)) report("yaml-alias", `refers to the anchor ${node.source}`, "write the value out");
      else if (node.anchor !== undefined) report("yaml-alias", `sets the anchor ${node.anchor}`, "write the value out");
      else if (node.tag !== undefined) report("yaml-tag", `carries the tag ${node.tag}`, "remove the tag");
      else if (isMap(node)) problems.push(...duplicates(node.items));
      else if (isScalar(node) && node.type === "PLAIN") {
        const plain = node.source ?? "";
        const meaning = ambiguity(plain);
        if (meaning === undefined) return;
        const message = `${plain} is ${meaning} to Helm and Kubernetes and something else to other readers`;
        report(
          "yaml-ambiguous-scalar",
          message,
          `put "${plain}" in quotes, or write true, false or a plain decimal number`,
        );
      }
    },
  });
  return problems;
}

function duplicates(items: readonly { key: unknown }[]): OffsetProblem[] {
  const seen = new Set<string>();
  const problems: OffsetProblem[] = [];
  for (const { key } of items) {
    const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
    if (!isScalar(key) || typeof key.value !== "string") {
      problems.push({
        rule: "yaml-syntax",
        message: "has a key that is not a string",
        fix: "put the key in quotes",
        offset,
      });
    } else if (seen.has(key.value)) {
      const message = `has the key ${JSON.stringify(key.value)} twice`;
      problems.push({ rule: "yaml-duplicate-key", message, fix: "keep one of them", offset });
    } else seen.add(key.value);
  }
  return problems;
}

function offsetOf(document: Document.Parsed, path: JsonPath, what: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = offsetOfNode(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair === undefined) break;
      const last = depth === path.length - 1;
      offset = (last && what === "value" ? offsetOfNode(pair.value) : undefined) ?? offsetOfNode(pair.key) ?? offset;
      node = pair.value;
    } else {
      node = isPair(node) ? node.value : (node as { items?: unknown[] } | null)?.items?.[key as number];
      offset = offsetOfNode(node) ?? offset;
    }
  }
  return offset;
}

function offsetOfNode(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

function firstSentence(message: string): string {
  return message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
}
