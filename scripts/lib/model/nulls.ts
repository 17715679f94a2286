import type { SchemaObject } from "ajv";

import { isObject, type Json, type JsonObject } from "../core/json.ts";

type Resolve = (reference: string) => SchemaObject | undefined;

/** Whether a value holds null anywhere. */
export function holdsNull(value: Json | undefined): boolean {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.some(holdsNull);
  for (const key in value) if (holdsNull(value[key])) return true;
  return false;
}

/**
 * An object as an API server reads it: a field whose value is null is not there. Null stays where it is a key of a map
 * (labels, data), an item of a list, or what the schema asks for: there it is no way to say nothing.
 */
export function withoutNullFields(value: Json, schema: SchemaObject, resolve: Resolve): Json {
  const { properties, items, additionalProperties } = resolved(schema, resolve);
  if (Array.isArray(value))
    return isObject(items) ? value.map((item) => withoutNullFields(item, items, resolve)) : value;
  if (!isObject(value)) return value;
  const fields = (properties ?? {}) as Record<string, SchemaObject>;
  const kept: JsonObject = {};
  for (const [name, own] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name]! : undefined;
    if (field === undefined)
      kept[name] = isObject(additionalProperties) ? withoutNullFields(own, additionalProperties, resolve) : own;
    else if (own !== null || mayBeNull(resolved(field, resolve))) kept[name] = withoutNullFields(own, field, resolve);
  }
  return kept;
}

function resolved(schema: SchemaObject, resolve: Resolve): SchemaObject {
  const reference = schema["$ref"] as string | undefined;
  return reference === undefined ? schema : (resolve(reference) ?? {});
}

function mayBeNull(schema: SchemaObject): boolean {
  return [schema["type"]].flat().includes("null");
}

/** A copy whose objects have no field that is null; itself where there is none. */
export function withoutNulls<T extends Json>(value: T): T {
  if (!holdsNull(value)) return value;
  const strip = (own: Json): Json => {
    if (Array.isArray(own)) return own.map(strip);
    if (!isObject(own)) return own;
    return Object.fromEntries(
      Object.entries(own).flatMap(([key, item]) => (item === null ? [] : [[key, strip(item)]])),
    );
  };
  return strip(value) as T;
}
