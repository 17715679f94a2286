import type { SchemaObject } from "ajv";

import { addTo } from "../core/group.ts";
import { at, canonical, isObject, type Json, type JsonPath } from "../core/json.ts";

/** One way in which data that kept to a schema may break the next version of it. Keys of maps and lists are "*". */
export interface SchemaChange {
  path: readonly string[];
  change: { removed: string } | { required: string } | { altered: true };
}

type Definitions = Readonly<Record<string, SchemaObject>>;

/**
 * What the next version of a definition no longer takes: fields that are gone, fields that are needed, types and patterns
 * that are others. What is new and optional is no change. No schema has to be compiled for it.
 */
export function schemaChanges(name: string, before: Definitions, after: Definitions): SchemaChange[] {
  const found: SchemaChange[] = [];
  const seen = new Set<string>();
  const changed = changedDefinitions(before, after);
  compare({ $ref: `#/definitions/${name}` }, { $ref: `#/definitions/${name}` }, []);
  return found;

  function compare(one: SchemaObject, two: SchemaObject, path: readonly string[]): void {
    const reference = nameIn(one);
    if (reference !== undefined && reference === nameIn(two) && !changed.has(reference)) return;
    const pair = `${String(one["$ref"])} ${String(two["$ref"])}`;
    // A definition that holds itself is compared once; where it lies deeper, the same holds.
    if (one["$ref"] !== undefined && path.length > 12 && seen.has(pair)) return;
    seen.add(pair);
    const [old, next] = [resolve(one, before), resolve(two, after)];
    if (old === undefined || next === undefined) return;
    for (const required of list(next["required"])) {
      if (!list(old["required"]).includes(required)) found.push({ path, change: { required } });
    }
    const [fields, kept] = [properties(old), properties(next)];
    for (const [field, schema] of Object.entries(fields)) {
      const same = kept[field];
      if (same !== undefined) compare(schema, same, [...path, field]);
      else if (next["additionalProperties"] === false) found.push({ path, change: { removed: field } });
    }
    for (const keyword of ["items", "additionalProperties"]) {
      if (isObject(old[keyword]) && isObject(next[keyword])) compare(old[keyword], next[keyword], [...path, "*"]);
    }
    const rest = ({ properties: _p, required: _r, items: _i, additionalProperties: _a, ...others }: SchemaObject) =>
      canonical(others);
    if (rest(old) !== rest(next)) found.push({ path, change: { altered: true } });
  }
}

const known = new WeakMap<Definitions, WeakMap<Definitions, ReadonlySet<string>>>();

/** Names of definitions that are others, or hold one that is: most are the same from one version to the next. */
function changedDefinitions(before: Definitions, after: Definitions): ReadonlySet<string> {
  const found = known.get(before)?.get(after);
  if (found !== undefined) return found;
  const holders = new Map<string, string[]>();
  const changed = new Set<string>();
  for (const [name, schema] of Object.entries(before)) {
    if (!Bun.deepEquals(schema, after[name])) changed.add(name);
    for (const held of namesIn(schema)) addTo(holders, held, name);
  }
  // A set is walked on to what is added meanwhile.
  for (const name of changed) for (const holder of holders.get(name) ?? []) changed.add(holder);
  known.set(before, (known.get(before) ?? new WeakMap<Definitions, ReadonlySet<string>>()).set(after, changed));
  return changed;
}

function* namesIn(schema: unknown): Iterable<string> {
  if (typeof schema !== "object" || schema === null) return;
  const name = nameIn(schema);
  if (name !== undefined) yield name;
  for (const value of Object.values(schema)) yield* namesIn(value);
}

function nameIn(schema: SchemaObject): string | undefined {
  const reference = (schema as { $ref?: unknown }).$ref;
  return typeof reference === "string" ? reference.replace("#/definitions/", "") : undefined;
}

function resolve(schema: SchemaObject, definitions: Definitions): SchemaObject | undefined {
  const name = nameIn(schema);
  return name === undefined ? schema : definitions[name];
}

function properties(schema: SchemaObject): Record<string, SchemaObject> {
  return (schema["properties"] as Record<string, SchemaObject> | undefined) ?? {};
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

/** Whether a change is about this data: it uses what is gone, lacks what is needed, or has what is other. */
export function isTouched(data: Json, { path, change }: SchemaChange): boolean {
  return valuesAt(data, path).some((value) => {
    if ("removed" in change) return isObject(value) && Object.hasOwn(value, change.removed);
    if ("required" in change) return isObject(value) && !Object.hasOwn(value, change.required);
    return true;
  });
}

function valuesAt(data: Json | undefined, path: JsonPath): Json[] {
  if (data === undefined || data === null) return [];
  const [key, ...rest] = path;
  if (key === undefined) return [data];
  if (key !== "*") return valuesAt(at(data, key), rest);
  return typeof data === "object" ? Object.values(data).flatMap((item) => valuesAt(item, rest)) : [];
}
