import { at, isObject, type JsonObject, type JsonPath } from "../core/json.ts";

/** One layer of Helm values. */
export interface Layer {
  /** The file, or what else it is: the ApplicationSet's valuesObject. */
  name: string;
  values: JsonObject;
}

/**
 * Merges layers as Helm 4 does, the chart's own first, then weakest to strongest: maps by key, anything else replaced
 * whole. A null takes away what the chart has; where the chart has nothing it stays null. Don't change what comes back:
 * it shares data with the layers.
 */
export function mergeValues([chart, ...layers]: readonly Layer[]): JsonObject {
  const given = layers.reduce<JsonObject>((below, { values }) => overlay(below, values), {});
  const defaults = chart?.values ?? {};
  // A null of the chart itself is as good as nothing, but for this: at the top it takes another null with it.
  const counted = Object.entries(given).filter(([key, value]) => value !== null || defaults[key] !== null);
  return withDefaults(Object.fromEntries(counted), bareDefaults(defaults));
}

const bare = new WeakMap<JsonObject, JsonObject>();

/** Without its nulls, made once: every Application of a chart is merged over the same. */
function bareDefaults(defaults: JsonObject): JsonObject {
  let found = bare.get(defaults);
  if (found === undefined) bare.set(defaults, (found = withoutNulls(defaults)));
  return found;
}

function overlay(below: JsonObject, above: JsonObject): JsonObject {
  const merged: JsonObject = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    merged[key] = isObject(value) && isObject(under) ? overlay(under, value) : value;
  }
  return merged;
}

function withDefaults(given: JsonObject, defaults: JsonObject): JsonObject {
  const kept = Object.entries(given).filter(([key, value]) => value !== null || !Object.hasOwn(defaults, key));
  const merged = Object.fromEntries(kept);
  for (const [key, value] of Object.entries(defaults)) {
    const own = Object.hasOwn(given, key) ? given[key] : undefined;
    if (own === undefined) merged[key] = value;
    else if (isObject(own) && isObject(value)) merged[key] = withDefaults(own, value);
  }
  return merged;
}

function withoutNulls(values: JsonObject): JsonObject {
  const kept = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, isObject(value) ? withoutNulls(value) : value]));
}

/** The layer whose value stands at a path: the strongest that says anything there or above. */
export function winner(layers: readonly Layer[], path: JsonPath): Layer {
  for (let length = path.length; length > 0; length--) {
    const found = layers.findLast(({ values }) => at(values, ...path.slice(0, length)) !== undefined);
    if (found !== undefined) return found;
  }
  return layers.at(-1)!;
}
