import type { Bundle, Item, LayoutReader } from "../bundle/contents.ts";
import { bundleRepository } from "../bundle/info.ts";
import { blobFile, type Descriptor } from "../bundle/layout.ts";
import { ToolError } from "../core/errors.ts";
import { inParallel } from "../core/in-parallel.ts";
import type { BlobTarget } from "../io/blob-target.ts";

/** Blobs of one image that are sent at once. */
const workers = 4;

/** Which blobs a bundle rests on, and the registry does not have. */
export async function missingRests({ info }: Bundle, target: BlobTarget): Promise<string[]> {
  const missing: string[] = [];
  await inParallel(info.rests, workers, async ({ digest, repositories }) => {
    for (const name of repositories) if (await target.hasBlob(name, digest)) return;
    missing.push(digest);
  });
  return missing.toSorted();
}

export interface Sent {
  blobs: number;
  bytes: number;
  /** Blobs that were there, or were taken over from another repository there. */
  there: number;
  /** Entries whose tag is somebody else's there, with the one that they have instead. */
  retagged: string[];
}

/** Brings everything that a bundle holds to a registry, what is named before what names it. */
export async function send(
  { info, items }: Bundle,
  layout: LayoutReader,
  target: BlobTarget,
  progress: (done: number, total: number) => void,
): Promise<Sent> {
  const sent: Sent = { blobs: 0, bytes: 0, there: 0, retagged: [] };
  const rests = new Map(info.rests.map(({ digest, repositories }) => [digest, repositories]));
  /** Where a blob is by now: another repository takes it over from there, and it is sent once. */
  const known = new Map<string, string>();
  for (const [index, item] of items.entries()) {
    progress(index, items.length);
    const { repository } = item.entry;
    await inParallel(item.blobs, workers, (blob) => sendBlob(repository, blob));
    await sendManifests(item);
  }
  return sent;

  async function sendBlob(repository: string, blob: Descriptor): Promise<void> {
    const { digest, size } = blob;
    const isThere =
      (await target.hasBlob(repository, digest)) ||
      (await mounted(repository, digest, [...[known.get(digest) ?? []].flat(), ...(rests.get(digest) ?? [])]));
    if (isThere) sent.there++;
    else if (layout.sizes.has(blobFile(digest))) {
      await target.push(repository, blob, layout);
      sent.blobs++;
      sent.bytes += size;
    } else
      throw new ToolError(
        `${target.host}/${repository}: ${digest} is in another repository there, and the registry does not take it over: load a bundle without --since`,
      );
    known.set(digest, repository);
  }

  async function mounted(repository: string, digest: string, from: readonly string[]): Promise<boolean> {
    for (const other of new Set(from))
      if (other !== repository && (await target.mount(repository, digest, other))) return true;
    return false;
  }

  async function sendManifests({ entry, manifests }: Item): Promise<void> {
    for (const manifest of manifests) {
      const isEntry = manifest.digest === entry.digest;
      const tag = await target.put(entry.repository, manifest, isEntry ? entry.tag : undefined);
      if (isEntry && tag !== entry.tag && entry.repository !== bundleRepository)
        sent.retagged.push(`${entry.repository}:${entry.tag} is ${tag}`);
    }
  }
}
