import { listAt, stringAt } from "../core/json.ts";
import { artifactType, bundleEntry, type BundleInfo, gitType, infoType, readInfo } from "./info.ts";
import {
  blobFile,
  type Descriptor,
  digestOfFile,
  type Entry,
  indexFile,
  LayoutError,
  layoutFile,
  layoutLimits,
  namedBy,
  parse,
  readIndex,
  signatureFile,
} from "./layout.ts";

/** A layout as it lies somewhere: names with their sizes, and bytes of each. */
export interface LayoutReader {
  sizes: ReadonlyMap<string, number>;
  /** A small file, whole. */
  read(name: string): Promise<Uint8Array>;
  /** A file in pieces that fit into memory. A piece is over when the next is asked for: its bytes are then those. */
  pieces(name: string): AsyncIterable<Uint8Array>;
}

/** A manifest with what stands in it, read by whoever needs it again. */
export interface Manifest extends Descriptor {
  bytes: Uint8Array;
}

/** An entry with everything that it names, what is named before what names it: the order in which a registry takes it. */
export interface Item {
  entry: Entry;
  blobs: Descriptor[];
  manifests: Manifest[];
}

export interface Bundle {
  info: BundleInfo;
  items: Item[];
  /** The Git of the part, as git bundle writes it. */
  git: Descriptor;
}

/** Gives a manifest by its descriptor: out of a layout, or of a registry. */
export type ReadManifest = (descriptor: Descriptor) => Promise<Uint8Array>;

/** Everything that an entry names, however deep. */
export async function itemOf(entry: Entry, platforms: readonly string[], read: ReadManifest): Promise<Item> {
  const item: Item = { entry, blobs: [], manifests: [] };
  const seen = new Set<string>();
  const visit = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (seen.has(descriptor.digest)) return;
    seen.add(descriptor.digest);
    if (depth > layoutLimits.depth) throw new LayoutError(`holds ${entry.digest}, which nests indexes too deep`);
    if (descriptor.size > layoutLimits.manifest)
      throw new LayoutError(`holds the manifest ${descriptor.digest} of ${descriptor.size} bytes, too many`);
    const { mediaType, digest, size } = descriptor;
    const bytes = await read(descriptor);
    const named = namedBy(bytes, descriptor, platforms);
    for (const child of named.manifests) await visit(child, depth + 1);
    for (const blob of named.blobs)
      if (!seen.has(blob.digest)) {
        seen.add(blob.digest);
        item.blobs.push({ mediaType: blob.mediaType, digest: blob.digest, size: blob.size });
      }
    item.manifests.push({ mediaType, digest, size, bytes });
  };
  await visit(entry, 0);
  return item;
}

/** Reads what a layout says it is, and refuses one that is not whole or holds more. Digests of its files are another question. */
export async function readBundle(layout: LayoutReader): Promise<Bundle> {
  for (const name of [layoutFile, indexFile]) if (!layout.sizes.has(name)) throw new LayoutError(`has no ${name}`);
  if (stringAt(parse(await layout.read(layoutFile), layoutFile), "imageLayoutVersion") !== "1.0.0")
    throw new LayoutError(`is a layout of another version than 1.0.0`);
  const entries = readIndex(await layout.read(indexFile));
  const own = bundleEntry(entries);
  const read: ReadManifest = ({ digest, size }) => {
    expectFile(layout, digest, size);
    return layout.read(blobFile(digest));
  };
  const carrier = await itemOf(own, [], read);
  const { git, info } = await readCarrier(carrier, read);
  const items: Item[] = [carrier];
  for (const entry of entries) if (entry !== own) items.push(await itemOf(entry, info.platforms, read));
  const rests = new Map(info.rests.map(({ digest, size }) => [digest, size]));
  const named = new Set<string>([layoutFile, indexFile, signatureFile]);
  for (const { manifests, blobs } of items) {
    for (const { digest } of manifests) named.add(blobFile(digest));
    for (const { digest, size } of blobs) {
      named.add(blobFile(digest));
      if (rests.get(digest) !== size || layout.sizes.has(blobFile(digest))) expectFile(layout, digest, size);
    }
  }
  const stray = [...layout.sizes.keys()].find((name) => !named.has(name));
  if (stray !== undefined) throw new LayoutError(`holds ${digestOfFile(stray)}, which nothing in it names`);
  return { info, items, git };
}

function expectFile({ sizes }: LayoutReader, digest: string, size: number): void {
  const found = sizes.get(blobFile(digest));
  if (found === undefined) throw new LayoutError(`names ${digest}, which is not in it`);
  if (found !== size) throw new LayoutError(`holds ${digest} with ${found} bytes, where ${size} are named`);
}

async function readCarrier(
  { entry, manifests, blobs }: Item,
  read: ReadManifest,
): Promise<{ git: Descriptor; info: BundleInfo }> {
  const body = parse(manifests.at(-1)!.bytes, entry.digest);
  const config = stringAt(body, "config", "digest");
  const [layer, ...more] = listAt(body, "layers");
  const git = blobs.find(({ digest }) => digest === stringAt(layer, "digest"));
  const described = blobs.find(({ digest }) => digest === config);
  const isOurs =
    stringAt(body, "artifactType") === artifactType &&
    described?.mediaType === infoType &&
    git?.mediaType === gitType &&
    more.length === 0;
  if (!isOurs) throw new LayoutError(`lists ${entry.digest} as the bundle, which is none`);
  if (described.size > layoutLimits.manifest) throw new LayoutError("says more of itself than any bundle does");
  return { git, info: readInfo(await read(described)) };
}
