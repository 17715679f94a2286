import { isObject, type JsonObject } from "../core/json.ts";
import type { Content } from "./content.ts";
import { serviceChart } from "./layout.ts";
import { type Layer, mergeValues } from "./values.ts";

/**
 * What the values files of a service say together, over the chart's own; the name of one that has errors, if one has. Files
 * that are not there say nothing.
 */
export function serviceValues({ tree, sources }: Content, files: readonly string[]): JsonObject | string {
  const layers: Layer[] = [];
  for (const name of [`${serviceChart}/values.yaml`, ...files].filter((file) => tree.has(file))) {
    const values = sources.data(name);
    if (!isObject(values)) return name;
    layers.push({ name, values });
  }
  return mergeValues(layers);
}
