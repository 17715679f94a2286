import { at, isObject, type Json, listAt, stringAt } from "../core/json.ts";

/** Media types of what lists an image's platforms. */
export const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
/** Media types of an image for one platform. */
export const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** Platforms that clusters run on where nothing else is said. */
export const defaultPlatforms = ["linux/amd64"];

/** Why an index can't be deployed, as a sentence; undefined if it can. */
export function indexProblem(body: Json, platforms: readonly string[]): string | undefined {
  const type = stringAt(body, "mediaType") ?? "";
  if (!isObject(body) || at(body, "schemaVersion") !== 2) return "is not a manifest";
  if (manifestTypes.includes(type) || (type === "" && at(body, "config") !== undefined))
    return "is the manifest of one platform, and not the index of all: push the index, or name its digest";
  if (type !== "" && !indexTypes.includes(type)) return `is ${JSON.stringify(type)}, and no index of an image`;
  const offered = listAt(body, "manifests").map((entry) => {
    const [os, architecture, variant] = ["os", "architecture", "variant"].map((key) =>
      stringAt(entry, "platform", key),
    );
    return {
      name: `${os}/${architecture}`,
      full: `${os}/${architecture}${variant === undefined ? "" : `/${variant}`}`,
    };
  });
  const missing = platforms.filter(
    (platform) => !offered.some(({ name, full }) => platform === name || platform === full),
  );
  if (missing.length === 0) return undefined;
  const names = [...new Set(offered.map(({ full }) => full).filter((name) => !name.includes("unknown")))].toSorted();
  return `is not built for ${missing.join(", ")}: it has ${names.join(", ") || "no platform"}`;
}
