import type { Json, JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { Addon } from "../model/generated.ts";
import type { LockedChart } from "./placements.ts";

/** Where an upstream image is in one of our registries: below the name of the registry that it comes from. */
export const mirroredImage = (registry: string, image: string) => `${registry}/${image}`;

/**
 * Values of an addon that differ from cluster to cluster: every image by registry and digest, and the cluster's name where
 * the chart takes it. Undefined where the lock lacks an image.
 */
export function clusterValues(
  { images, clusterName }: Pick<Addon["spec"], "images" | "clusterName">,
  locked: LockedChart | undefined,
  { cluster, registry }: { cluster: string; registry: string },
): JsonObject | undefined {
  const values: JsonObject = {};
  for (const path of clusterName ?? []) put(values, path.split("."), cluster);
  for (const { image, values: paths } of images ?? []) {
    const found = locked?.images?.find((entry) => entry.image === image);
    if (found === undefined) return undefined;
    const { tag, digest } = found;
    const name = mirroredImage(registry, image);
    const parts: Record<keyof typeof paths, string> = {
      reference: `${name}:${tag}@${digest}`,
      registry,
      repository: image,
      name,
      tag,
      digest,
      pinned: `${tag}@${digest}`,
    };
    for (const [part, path] of Object.entries(paths) as [keyof typeof parts, string][])
      put(values, path.split("."), parts[part]);
  }
  return sorted(values) as JsonObject;
}

function put(values: JsonObject, path: readonly string[], value: string): void {
  let below = values;
  for (const key of path.slice(0, -1)) {
    const next: JsonObject = isObject(below[key]) ? below[key] : {};
    below[key] = next;
    below = next;
  }
  below[path.at(-1)!] = value;
}

function sorted(value: Json): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key]!)]),
  );
}
