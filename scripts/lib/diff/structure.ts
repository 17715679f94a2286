import { at, canonical, isObject, type Json, type JsonPath } from "../core/json.ts";
import { parseQuantity } from "../model/quantity.ts";
import { documentsIn, hunksOf } from "./texts.ts";

/** One value that differs. Undefined on the side where it is not there. */
export interface Row {
  /** Keys with dots; items of a list by what names them: containers[main].image. Lines of a text by the first: data.[x.conf]:7. */
  path: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** Where in the data a row is: in what is there after, else in what was before. */
export interface PlacedRow extends Row {
  keys: JsonPath;
}

/** What names an item of a list in Kubernetes: the first key that all items have, and each a value of its own. */
const names = [
  "name",
  "namespace",
  "key",
  "id",
  "containerPort",
  "port",
  "mountPath",
  "ip",
  "host",
  "path",
  "kind",
] as const;

/** Where Kubernetes keeps quantities: 1000m is 1 there. */
const isQuantity = (keys: JsonPath) =>
  keys.some((key) => /^(requests|limits|hard|capacity)$/.test(String(key))) ||
  /^(storage|sizeLimit)$/.test(String(keys.at(-1)));

/**
 * What differs between two objects: by keys, with items of lists found by what names them, so that order counts only where
 * nothing does; inside of texts that are documents, and else by their lines. Sorted by path.
 */
export function compareStructure(before: Json | undefined, after: Json | undefined): Row[] {
  return compareInPlace(before, after).map(({ path, before: then, after: now }) => ({
    path,
    before: then,
    after: now,
  }));
}

/** The same, with where each row is. */
export function compareInPlace(before: Json | undefined, after: Json | undefined): PlacedRow[] {
  const rows: PlacedRow[] = [];
  visit(before, after, "", []);
  return rows.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

  function visit(a: Json | undefined, b: Json | undefined, path: string, keys: JsonPath): void {
    if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(own(a, key), own(b, key), path === "" ? quoted(key) : `${path}.${quoted(key)}`, [...keys, key]);
      return;
    }
    if (Array.isArray(a) && Array.isArray(b)) return visitLists(a, b, path, keys);
    if (canonical(a) === canonical(b)) return;
    if (isQuantity(keys) && parseQuantity(a) !== undefined && parseQuantity(a) === parseQuantity(b)) return;
    if (typeof a === "string" && typeof b === "string" && visitTexts(a, b, path, keys)) return;
    rows.push({ path, keys, before: a, after: b });
  }

  /** Whether there was anything to say beside the texts as a whole. */
  function visitTexts(a: string, b: string, path: string, keys: JsonPath): boolean {
    const first = rows.length;
    const documents = documentsIn(a, b);
    if (documents !== undefined) {
      visit(documents[0], documents[1], path, keys);
      for (const row of rows.slice(first)) row.keys = keys;
    }
    // Where only the layout differs, the lines do.
    if (rows.length > first) return true;
    const hunks = hunksOf(a, b);
    for (const hunk of hunks ?? [])
      rows.push({ path: `${path}:${hunk.line}`, keys, before: hunk.before, after: hunk.after });
    return hunks !== undefined;
  }

  function visitLists(a: readonly Json[], b: readonly Json[], path: string, keys: JsonPath): void {
    const name = names.find((key) => isName(a, key) && isName(b, key));
    const indexOf = (item: Json | undefined) => (b.includes(item!) ? b.indexOf(item!) : a.indexOf(item!));
    if (name !== undefined) {
      const [first, second] = [a, b].map((list) => new Map(list.map((item) => [at(item, name) ?? null, item])));
      for (const value of new Set([...first!.keys(), ...second!.keys()])) {
        const [then, now] = [first!.get(value), second!.get(value)];
        visit(then, now, `${path}[${JSON.stringify(value).replaceAll('"', "")}]`, [...keys, indexOf(now ?? then)]);
      }
      return;
    }
    // Items that only stand elsewhere are no difference in a list of single values: sets, in Kubernetes.
    const isSet = [...a, ...b].every((item) => typeof item === "string");
    if (isSet && !/(^|\.)(args|command)$/.test(path)) {
      for (const item of b.filter((value) => !a.includes(value)))
        rows.push({ path: `${path}[]`, keys: [...keys, b.indexOf(item)], before: undefined, after: item });
      for (const item of a.filter((value) => !b.includes(value)))
        rows.push({ path: `${path}[]`, keys: [...keys, a.indexOf(item)], before: item, after: undefined });
      return;
    }
    for (let index = 0; index < Math.max(a.length, b.length); index++)
      visit(a[index], b[index], `${path}[${index}]`, [...keys, index]);
  }
}

function own(object: Record<string, Json>, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Keys with dots in them, as annotations have, can't be told from a path without. */
function quoted(key: string): string {
  return key.includes(".") ? `[${key}]` : key;
}

function isName(list: readonly Json[], key: string): boolean {
  const values = list.map((item) => (isObject(item) ? item[key] : undefined));
  return (
    values.every((value) => typeof value === "string" || typeof value === "number") &&
    new Set(values).size === values.length
  );
}
