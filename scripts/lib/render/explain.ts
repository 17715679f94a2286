import { at, isObject, type Json, type JsonPath } from "../core/json.ts";
import { isInArchive } from "../repo/layout.ts";
import type { Sources } from "../repo/sources.ts";
import { type Layer, winner } from "../repo/values.ts";
import { absentLayers, type Application } from "./application.ts";

/** What one layer says of a path of an Application's values. */
export interface LayerValue {
  layer: string;
  line?: number;
  /** Absent where the layer says nothing. */
  value?: Json;
  wins: boolean;
}

/** Every layer's word on a path, weakest first, and what stands in the end. */
export function explainValue(layers: readonly Layer[], merged: Json, path: JsonPath, sources: Sources) {
  const value = at(merged, ...path);
  const strongest = value === undefined ? undefined : winner(layers, path);
  const said = layers.map((layer): LayerValue => {
    const own = at(layer.values, ...path);
    return {
      layer: layer.name,
      ...(own === undefined || !isLocated(layer) ? {} : { line: sources.locate(layer.name, path, "key").line }),
      ...(own === undefined ? {} : { value: own }),
      // Of a map every layer may give a part.
      wins:
        own !== undefined &&
        (layer === strongest || (typeof value === "object" && value !== null && !Array.isArray(value))),
    };
  });
  return { value, layers: said };
}

/** A value that stands in the end, and where it is written; the line only where that is a file. */
export interface Origin {
  path: JsonPath;
  value: Json;
  layer: string;
  line?: number;
}

/** Every value of an Application, with the layer that has the last word. A list is one value. */
export function* originsOf(
  layers: readonly Layer[],
  value: Json,
  sources: Sources,
  path: JsonPath = [],
): Iterable<Origin> {
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const key of Object.keys(value).toSorted()) yield* originsOf(layers, value[key]!, sources, [...path, key]);
    return;
  }
  const layer = winner(layers, path);
  const place = isLocated(layer) ? { line: sources.locate(layer.name, path, "key").line } : {};
  yield { path, value, layer: layer.name, ...place };
}

/** Whether somebody can look up a line: not in an archive, nor in what an ApplicationSet says. */
const isLocated = ({ name }: Layer) => name.includes("/") && !isInArchive(name);

/** Applications that read a file, or a file below a folder, or would read it if it were there. */
export function readersOf(applications: readonly Application[], path: string): string[] {
  const isIt = (file: string) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`);
  return applications
    .filter((application) => [...application.reads, ...absentLayers(application)].some(isIt))
    .map(({ id }) => id);
}

/** "config.cors.allowedHosts[0]" as keys. */
export function parsePath(text: string): JsonPath {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? key! : Number(index),
  );
}

/** Keys as "config.cors.allowedHosts[0]". */
export const pathText = (path: JsonPath): string =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
