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
    for (const { contents } of documents) collect(nodes, contents, undefined, found, 0);
    return found;
  } catch {
    // Not YAML, or too deep for it.
    return assignments(text);
  }
}

/** The same of data, which has no places. */
export function pairsOfData(data: Json): Pair[] {
  const found: Pair[] = [];
  collect(dataAt(0), data, undefined, found, 0);
  return found;
}

/** How a value is looked into, whichever reader gave it. */
interface Reader<T> {
  index(value: T): number;
  scalar(value: T): string | number | undefined;
  items(value: T): readonly T[] | undefined;
  entries(value: T): readonly (readonly [name: string, value: T])[] | undefined;
}

const nodes: Reader<unknown> = {
  index: (node) => (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0,
  scalar: (node) => (isScalar(node) ? textOf(node.value) : undefined),
  items: (node) => (isSeq(node) ? node.items.map((item) => (isPair(item) ? item.value : item)) : undefined),
  entries: (node) =>
    isMap(node) ? node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : "", value]) : undefined,
};

/** Data has no places: all of it stands where the text does that it was read from. */
const dataAt = (index: number): Reader<Json> => ({
  index: () => index,
  scalar: textOf,
  items: (data) => (Array.isArray(data) ? data : undefined),
  entries: (data) => (isObject(data) ? Object.entries(data) : undefined),
});

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
const naming: ReadonlySet<string> = new Set(["name", "key", "path"]);

function collect<T>(reader: Reader<T>, value: T, name: string | undefined, found: Pair[], depth: number): void {
  if (depth > 100) return;
  const scalar = reader.scalar(value);
  if (scalar !== undefined) {
    const index = reader.index(value);
    if (name !== undefined) found.push({ name, value: scalar, index });
    // A file inside of a value, an argument, a connection string.
    if (typeof scalar === "string" && /[\n={]/.test(scalar) && mayExpose(scalar)) {
      const inner = structureOf(scalar);
      if (inner === undefined) found.push(...assignments(scalar).map((pair) => ({ ...pair, index })));
      else collect(dataAt(index), inner, undefined, found, depth + 1);
    }
    return;
  }
  const items = reader.items(value);
  if (items !== undefined) {
    for (const [position, item] of items.entries()) {
      collect(reader, item, undefined, found, depth + 1);
      const option = reader.scalar(item);
      if (typeof option !== "string" || position + 1 === items.length) continue;
      const next = items[position + 1]!;
      const set = reader.scalar(next);
      // --password, hunter2
      if (set !== undefined && /^--?[A-Za-z][A-Za-z-]*$/.test(option))
        found.push({ name: option, value: set, index: reader.index(next) });
    }
    return;
  }
  const entries = reader.entries(value);
  if (entries === undefined) return;
  const named = entries.find(([key, own]) => naming.has(key) && typeof reader.scalar(own) === "string");
  for (const [key, own] of entries) {
    // name: DB_PASSWORD beside value: hunter2; path: /data/DB_PASSWORD of a patch; and password: {value: hunter2}.
    const called =
      key === "value" || key === "default"
        ? String((named === undefined ? undefined : reader.scalar(named[1])) ?? name ?? key)
            .split("/")
            .at(-1)!
        : key;
    collect(reader, own, called, found, depth + 1);
  }
}
