/** Data as YAML and JSON carry it. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

/** The way to a value: keys and list indexes. */
export type JsonPath = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path, or undefined where there is none. Own keys only. */
export function at(value: unknown, ...path: JsonPath): Json | undefined {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current as Json | undefined;
}

export function objectAt(value: unknown, ...path: JsonPath): JsonObject {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

export function listAt(value: unknown, ...path: JsonPath): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Only strings: a number where a name is expected is left to the schema to complain about. */
export function stringAt(value: unknown, ...path: JsonPath): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function stringsAt(value: unknown, ...path: JsonPath): string[] {
  return listAt(value, ...path).filter((item) => typeof item === "string");
}

/** Every text that is a value somewhere in data, keys aside. */
export function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value) || isObject(value)) for (const item of Object.values(value)) yield* textsIn(item);
}

/** The same data with every object's keys in one order: equal data gives equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

/** Whether data is nested more levels deep than so many: what recurses must not be given it. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}
