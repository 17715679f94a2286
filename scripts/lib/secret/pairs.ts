import { isMap, isPair, isScalar, isSeq, parseAllDocuments } from "yaml";

import { isObject, type Json } from "../core/json.ts";

/** A name and what it is set to, and where that stands in a text. */
export interface Pair {
  name: string;
  value: string | number;
  index: number;
}

/** NAME=VALUE, NAME: VALUE and "NAME": "VALUE", wherever they stand. */
const assignment =
  /(?<![A-Za-z0-9_.][-.]?)["']?([A-Za-z_][A-Za-z0-9_.-]{0,100})["']?[ \t]{0,9}(?::=|=>|[:=])[ \t]{0,9}(?:"([^"\n]{0,2000})"|'([^'\n]{0,2000})'|([^\s"',;{}()&[\]][^\s,;})&\]]{0,2000}))/g;

/** What a text without structure sets, line by line: files of variables, scripts, templates, text inside of values. */
export function assignments(text: string): Pair[] {
  return [...text.matchAll(assignment)].map((match) => {
    const value = match[2] ?? match[3] ?? match[4] ?? "";
    return { name: match[1]!, value, index: match.index + match[0].indexOf(value, match[1]!.length) };
  });
}

/** Beyond it the reader of YAML, which knows positions, is not asked. */
const largest = 512 * 1024;

/** In every text that sets a credential by its name, or holds a URL with one: most files are done after one look. */
const hint =
  /(?:pass|pwd|wd|word|phrase|code|token|secret|[a-z0-9_.-]key|credentials?|auth|authorization)[^A-Za-z0-9\n]{0,9}(?:[:=,}\]]|$)|:\/\/[^\s/@]{0,200}:/im;

/** Whether a text can set one at all: false is certain. */
export const mayExpose = (text: string): boolean => hint.test(text);

/** What a file sets: by its structure where it is YAML or JSON, else line by line. */
export function pairsOf(path: string, text: string): Pair[] {
  if (!mayExpose(text)) return [];
  if (!/\.(?:ya?ml|json)$/i.test(path) || text.length > largest) return assignments(text);
  try {
    // Tells what the other reader would take minutes for.
    Bun.YAML.parse(text);
    const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return assignments(text);
    const found: Pair[] = [];
    for (const { contents } of documents) collect(viewOfNode(contents), undefined, found, 0);
    return found;
  } catch {
    // Not YAML, or too deep for it.
    return assignments(text);
  }
}

/** The same of data, which has no places. */
export function pairsOfData(data: Json): Pair[] {
  const found: Pair[] = [];
  collect(viewOfData(data), undefined, found, 0);
  return found;
}

/** A value as both readers give it. */
interface View {
  scalar?: string | number | undefined;
  entries?: (readonly [name: string, value: View])[];
  items?: View[];
  index: number;
}

function viewOfNode(node: unknown): View {
  const index = (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
  if (isMap(node))
    return {
      index,
      entries: node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : "", viewOfNode(value)]),
    };
  if (isSeq(node)) return { index, items: node.items.map((item) => viewOfNode(isPair(item) ? item.value : item)) };
  return { index, scalar: isScalar(node) ? textOf(node.value) : undefined };
}

function viewOfData(data: Json, index = 0): View {
  if (isObject(data))
    return { index, entries: Object.entries(data).map(([key, value]) => [key, viewOfData(value, index)]) };
  if (Array.isArray(data)) return { index, items: data.map((item) => viewOfData(item, index)) };
  return { index, scalar: textOf(data) };
}

/** What a text holds if it is an object or a list; undefined for any other, and for aliases, which can multiply it. */
function structureOf(text: string): Json | undefined {
  if (!/^\s{0,9}[[{]|\n/.test(text) || /[&*][A-Za-z]/.test(text)) return undefined;
  try {
    const data = Bun.YAML.parse(text) as Json;
    return typeof data === "object" && data !== null ? data : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown) => (typeof value === "string" || typeof value === "number" ? value : undefined);

/** Names of fields that name what another field beside them sets. */
const naming = ["name", "key", "path"] as const;

function collect(view: View, name: string | undefined, found: Pair[], depth: number): void {
  if (depth > 100) return;
  const { entries, items, scalar, index } = view;
  if (scalar !== undefined) {
    if (name !== undefined) found.push({ name, value: scalar, index });
    // A file inside of a value, an argument, a connection string.
    if (typeof scalar === "string" && /[\n={]/.test(scalar) && mayExpose(scalar)) {
      const inner = structureOf(scalar);
      if (inner === undefined) found.push(...assignments(scalar).map((pair) => ({ ...pair, index })));
      else collect(viewOfData(inner, index), undefined, found, depth + 1);
    }
  }
  if (items !== undefined) {
    for (const [position, item] of items.entries()) {
      collect(item, undefined, found, depth + 1);
      const next = items[position + 1]?.scalar;
      // --password, hunter2
      if (typeof item.scalar === "string" && /^--?[A-Za-z][A-Za-z-]*$/.test(item.scalar) && next !== undefined)
        found.push({ name: item.scalar, value: next, index: items[position + 1]!.index });
    }
  }
  if (entries === undefined) return;
  const named = entries.find(
    ([key, { scalar: own }]) => (naming as readonly string[]).includes(key) && typeof own === "string",
  );
  for (const [key, value] of entries) {
    // name: DB_PASSWORD beside value: hunter2; path: /data/DB_PASSWORD of a patch; and password: {value: hunter2}.
    const own =
      key === "value" || key === "default"
        ? String(named?.[1].scalar ?? name ?? key)
            .split("/")
            .at(-1)!
        : key;
    collect(value, own, found, depth + 1);
  }
}
