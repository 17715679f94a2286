import { at, isObject, type Json, type JsonObject, type JsonPath } from "../core/json.ts";

/** One layer of Helm values. */
export interface Layer {
  /** The file, or what else it is: the ApplicationSet's valuesObject. */
  name: string;
  values: JsonObject;
}

/**
 * Merges layers as Helm does, weakest first: maps by key, anything else replaced whole, null removes what lies below.
 * The data of the layers is not copied where it is not merged: don't change what comes back.
 */
export function mergeValues(layers: readonly Layer[]): JsonObject {
  return withoutNulls(layers.reduce<JsonObject>((below, { values }) => mergeObjects(below, values), {}));
}

function mergeObjects(below: JsonObject, above: JsonObject): JsonObject {
  const merged: JsonObject = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    merged[key] = isObject(value) && isObject(under) ? mergeObjects(under, value) : value;
  }
  return merged;
}

function withoutNulls(values: JsonObject): JsonObject {
  const kept = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(
    kept.map(([key, value]): [string, Json] => [key, isObject(value) ? withoutNulls(value) : value]),
  );
}

/** The layer whose value stands at a path: the strongest that says anything there or above. */
export function winner(layers: readonly Layer[], path: JsonPath): Layer {
  for (let length = path.length; length > 0; length--) {
    const found = layers.findLast(({ values }) => at(values, ...path.slice(0, length)) !== undefined);
    if (found !== undefined) return found;
  }
  return layers.at(-1)!;
}
