import { at, isObject, type Json, type JsonObject, type JsonPath, objectAt, stringAt } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";

/** A part of a path that nothing sets and no schema knows, and what was probably meant. */
export interface UnknownKey {
  key: string;
  /** The path up to it, that key put right; undefined where nothing is close. */
  meant: JsonPath | undefined;
  known: string[];
}

/** The first key of a path that a schema does not know; undefined where it knows all of them, or takes any name there. */
export function unknownKey(schema: JsonObject, path: JsonPath): UnknownKey | undefined {
  let here: Json | undefined = schema;
  for (const [index, key] of path.entries()) {
    here = resolve(schema, here);
    if (typeof key === "number") {
      here = at(here, "items");
      continue;
    }
    const properties = objectAt(here, "properties");
    if (!Object.hasOwn(properties, key)) {
      if (at(here, "additionalProperties") !== false) return undefined;
      const known = Object.keys(properties).toSorted();
      const meant = suggest(key, known);
      return { key, known, meant: meant === undefined ? undefined : [...path.slice(0, index), meant] };
    }
    here = properties[key];
  }
  return undefined;
}

/** What a reference inside a schema stands for. */
function resolve(schema: JsonObject, part: Json | undefined): Json | undefined {
  const reference = stringAt(part, "$ref");
  if (!isObject(part) || reference?.startsWith("#/") !== true) return part;
  return resolve(schema, at(schema, ...reference.slice(2).split("/")));
}
