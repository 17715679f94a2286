import { at, type Json, type JsonPath } from "../core/json.ts";
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
    // Nobody looks up a line in an archive.
    const isFile = layer.name.includes("/") && !isInArchive(layer.name);
    return {
      layer: layer.name,
      ...(own === undefined || !isFile ? {} : { line: sources.locate(layer.name, path, "key").line }),
      ...(own === undefined ? {} : { value: own }),
      // Of a map every layer may give a part.
      wins:
        own !== undefined &&
        (layer === strongest || (typeof value === "object" && value !== null && !Array.isArray(value))),
    };
  });
  return { value, layers: said };
}

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
