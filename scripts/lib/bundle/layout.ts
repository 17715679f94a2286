/** An OCI image layout: what lies in it, and what its manifests name. */
import { canonical, isObject, type Json, type JsonObject, listAt, stringAt } from "../core/json.ts";
import { indexTypes, manifestTypes } from "../image/manifest.ts";

/** Something of a registry by the digest of its bytes. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** What the index of a layout lists: an image, a chart, definitions or the bundle itself, with where it goes. */
export interface Entry extends Descriptor {
  repository: string;
  tag: string;
}

export const layoutFile = "oci-layout";
export const indexFile = "index.json";
/** Over the bytes of the index, beside it: ssh-keygen makes and checks it. */
export const signatureFile = "index.json.sig";
export const indexType = "application/vnd.oci.image.index.v1+json";
/** Names of this kind are all that a layout holds; nothing else is read, written or unpacked. */
const layoutName = /^(?:oci-layout|index\.json|index\.json\.sig|blobs\/sha256\/[0-9a-f]{64})$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;
const repositoryForm = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/;
const tagForm = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const referenceKey = "org.opencontainers.image.ref.name";

/** What a manifest may weigh, and what a layout may list: far more than any has. */
export const layoutLimits = { manifest: 4 * 1024 * 1024, entries: 100_000, depth: 3, blob: 8 * 1024 ** 3 - 1 };

export const layoutText = `${canonical({ imageLayoutVersion: "1.0.0" })}\n`;
export const blobFile = (digest: string) => `blobs/${digest.replace(":", "/")}`;
export const digestOfFile = (name: string) => name.replace(/^blobs\/sha256\//, "sha256:");
export const isLayoutName = (name: string) => layoutName.test(name);
export const isDigest = (digest: string) => digestForm.test(digest);

/** Why a layout is refused, as the end of a sentence. */
export class LayoutError extends Error {
  override name = "LayoutError";
}

/** The index of a layout, sorted: the same entries make the same bytes. */
export function indexText(entries: readonly Entry[]): string {
  const name = ({ repository, tag }: Entry) => `${repository}:${tag}`;
  const keyOf = (entry: Entry) => `${name(entry)} ${entry.digest}`;
  const index = {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: entries
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      .map((entry) => ({
        mediaType: entry.mediaType,
        digest: entry.digest,
        size: entry.size,
        annotations: { [referenceKey]: name(entry) },
      })),
  };
  return `${canonical(index)}\n`;
}

/** What an index lists. Refused where it names anything by another form than ours. */
export function readIndex(bytes: Uint8Array): Entry[] {
  const body = parse(bytes, indexFile);
  const entries = listAt(body, "manifests").map((item): Entry => {
    const descriptor = descriptorIn(item, indexFile);
    const reference = stringAt(item, "annotations", referenceKey) ?? "";
    const colon = reference.lastIndexOf(":");
    const [repository, tag] = [reference.slice(0, colon), reference.slice(colon + 1)];
    if (colon === -1 || !repositoryForm.test(repository) || !tagForm.test(tag))
      throw new LayoutError(`lists ${descriptor.digest} as ${JSON.stringify(reference)}, which is no NAME:TAG`);
    return { ...descriptor, repository, tag };
  });
  if (entries.length === 0) throw new LayoutError("lists nothing");
  return entries;
}

/** What a manifest or index names: more manifests, and blobs. Layers that may not be handed on are left where they are. */
export function namedBy(
  bytes: Uint8Array,
  of: Descriptor,
  platforms: readonly string[],
): { manifests: Descriptor[]; blobs: Descriptor[] } {
  const body = parse(bytes, of.digest);
  const own = stringAt(body, "mediaType") ?? of.mediaType;
  if (own !== of.mediaType) throw new LayoutError(`holds ${of.digest} as ${of.mediaType}, which says it is ${own}`);
  if (indexTypes.includes(own)) {
    const chosen = listAt(body, "manifests").filter((item) => isChosen(item, platforms));
    if (chosen.length === 0)
      throw new LayoutError(`holds ${of.digest}, which has nothing for ${platforms.join(", ") || "any platform"}`);
    return { manifests: chosen.map((item) => descriptorIn(item, of.digest)), blobs: [] };
  }
  if (!manifestTypes.includes(own)) throw new LayoutError(`holds ${of.digest}, which is ${own} and no manifest`);
  const blobs = [(body as JsonObject)["config"]!, ...listAt(body, "layers")]
    .filter((item) => !/foreign|nondistributable/.test(stringAt(item, "mediaType") ?? ""))
    .map((item) => descriptorIn(item, of.digest));
  return { manifests: [], blobs };
}

/** Of an index those that are for a platform which is asked for; all where none is. */
function isChosen(item: Json, platforms: readonly string[]): boolean {
  if (platforms.length === 0) return true;
  const [os, architecture, variant] = ["os", "architecture", "variant"].map((key) => stringAt(item, "platform", key));
  const name = `${os}/${architecture}`;
  return platforms.includes(name) || platforms.includes(`${name}/${variant}`);
}

function descriptorIn(item: Json | undefined, where: string): Descriptor {
  const [mediaType, digest] = [stringAt(item, "mediaType"), stringAt(item, "digest")];
  const size = isObject(item) ? item["size"] : undefined;
  if (mediaType === undefined || digest === undefined || !isDigest(digest))
    throw new LayoutError(`names something in ${where} by no media type and SHA-256`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || size > layoutLimits.blob)
    throw new LayoutError(`names ${digest} in ${where} with no size that a bundle takes`);
  return { mediaType, digest, size };
}

export function parse(bytes: Uint8Array, what: string): Json {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw new LayoutError(`holds ${what}, which is not JSON`);
  }
}
