import { canonical, type Json, listAt, stringAt } from "../core/json.ts";

/** What a registry keeps: bytes under their digest. */
export interface Blob {
  digest: string;
  bytes: Uint8Array;
}

/** A manifest and all that it names. */
export interface Artifact {
  /** Of the manifest: what is pinned, and what Argo CD pulls. */
  digest: string;
  manifest: Uint8Array;
  blobs: Blob[];
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
/** Layers that Argo CD takes: a chart, or plain manifests. */
export const layerTypes = {
  chart: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
  manifests: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;
const configTypes = {
  chart: "application/vnd.cncf.helm.config.v1+json",
  manifests: "application/vnd.oci.image.config.v1+json",
} as const;

export const digestOf = (bytes: Uint8Array) => `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;

const encode = (value: Json) => new TextEncoder().encode(canonical(value));

/** It says nothing: what a chart is called stands in the chart. */
const config: Blob = { bytes: encode({}), digest: digestOf(encode({})) };

/**
 * The artifact of an archive: no time, no tool, no name. The digest of its manifest follows from the archive's bytes, so
 * every mirror has the same one.
 */
export function artifactOf(kind: keyof typeof layerTypes, layer: Uint8Array): Artifact {
  const descriptor = (mediaType: string, { digest, bytes }: Blob) => ({ mediaType, digest, size: bytes.length });
  const content: Blob = { bytes: layer, digest: digestOf(layer) };
  const manifest = encode({
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor(configTypes[kind], config),
    layers: [descriptor(layerTypes[kind], content)],
  });
  return { digest: digestOf(manifest), manifest, blobs: [config, content] };
}

/** The one layer that a manifest has content in, with its size; or why there is none that Argo CD would take. */
export function contentLayer(manifest: Json): { digest: string; size: number } | string {
  const type = stringAt(manifest, "mediaType") ?? manifestType;
  if (type !== manifestType) return `is ${type}, and no manifest of a chart`;
  const layers = listAt(manifest, "layers").map((layer) => ({
    type: stringAt(layer, "mediaType") ?? "",
    digest: stringAt(layer, "digest") ?? "",
    size: Number((layer as { size?: unknown }).size),
  }));
  const content = layers.filter(({ type: of }) => /tar([+.]gzip)?$/.test(of));
  const [layer] = content;
  if (layer === undefined) return "has no layer with a chart";
  if (content.length > 1) return `has ${content.length} layers with content, where Argo CD takes one`;
  if (!Object.values<string>(layerTypes).includes(layer.type))
    return `has a layer of the type ${layer.type}, which is no chart`;
  if (!/^sha256:[0-9a-f]{64}$/.test(layer.digest) || !Number.isSafeInteger(layer.size))
    return "names its layer by no digest and size";
  return { digest: layer.digest, size: layer.size };
}
