import { at, canonical, isObject, type Json } from "../core/json.ts";

/** One value that differs. Undefined on the side where it is not there. */
export interface Row {
  /** Keys with dots; items of a list by what names them: containers[main].image. */
  path: string;
  before: Json | undefined;
  after: Json | undefined;
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

/**
 * What differs between two objects: by keys, with items of lists found by what names them, so that order counts only where
 * nothing does. Sorted by path.
 */
export function compareStructure(before: Json | undefined, after: Json | undefined): Row[] {
  const rows: Row[] = [];
  visit(before, after, "");
  return rows.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

  function visit(a: Json | undefined, b: Json | undefined, path: string): void {
    if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(own(a, key), own(b, key), path === "" ? quoted(key) : `${path}.${quoted(key)}`);
      return;
    }
    if (Array.isArray(a) && Array.isArray(b)) return visitLists(a, b, path);
    if (canonical(a) !== canonical(b)) rows.push({ path, before: a, after: b });
  }

  function visitLists(a: readonly Json[], b: readonly Json[], path: string): void {
    const name = names.find((key) => isName(a, key) && isName(b, key));
    if (name !== undefined) {
      const [first, second] = [a, b].map((list) => new Map(list.map((item) => [at(item, name) ?? null, item])));
      for (const value of new Set([...first!.keys(), ...second!.keys()]))
        visit(first!.get(value), second!.get(value), `${path}[${JSON.stringify(value).replaceAll('"', "")}]`);
      return;
    }
    // Items that only stand elsewhere are no difference in a list of single values: sets, in Kubernetes.
    const isSet = [...a, ...b].every((item) => typeof item === "string");
    if (isSet && !/(^|\.)(args|command)$/.test(path)) {
      for (const item of b.filter((value) => !a.includes(value)))
        rows.push({ path: `${path}[]`, before: undefined, after: item });
      for (const item of a.filter((value) => !b.includes(value)))
        rows.push({ path: `${path}[]`, before: item, after: undefined });
      return;
    }
    for (let index = 0; index < Math.max(a.length, b.length); index++) visit(a[index], b[index], `${path}[${index}]`);
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
