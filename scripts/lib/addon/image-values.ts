import type { Json, JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { Addon } from "../model/generated.ts";
import type { LockedChart } from "./placements.ts";

type AddonImage = NonNullable<Addon["spec"]["images"]>[number];

/** Where an upstream image is in one of our registries: below the name of the registry that it comes from. */
export const mirroredImage = (registry: string, image: string) => `${registry}/${image}`;

/** Values that name every image of a chart by registry and digest; undefined where the lock lacks one. */
export function imageValues(
  images: readonly AddonImage[],
  locked: LockedChart | undefined,
  registry: string,
): JsonObject | undefined {
  const values: JsonObject = {};
  for (const { image, values: paths } of images) {
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
