import { artifactOf, manifestType } from "../addon/artifact.ts";
import { itemOf, type ReadManifest } from "../bundle/contents.ts";
import {
  artifactType,
  type BundleInfo,
  bundleRepository,
  gitType,
  infoText,
  infoType,
  type Rest,
} from "../bundle/info.ts";
import {
  type Descriptor,
  type Entry,
  indexFile,
  indexText,
  layoutFile,
  layoutText,
  signatureFile,
} from "../bundle/layout.ts";
import { ToolError } from "../core/errors.ts";
import { inParallel } from "../core/in-parallel.ts";
import { canonical } from "../core/json.ts";
import type { Pulled, PulledChart } from "../fleet/deployed-images.ts";
import { readArchive } from "../io/archives.ts";
import { BlobSource } from "../io/blob-source.ts";
import type { LayoutWriter } from "../io/layout-writer.ts";
import { type PartGit, writeGitBundle } from "../io/part-git.ts";
import { signBytes } from "../io/ssh-signature.ts";

type Env = Record<string, string | undefined>;

export interface PackOptions {
  env: Env;
  layout: LayoutWriter;
  images: readonly Pulled[];
  charts: readonly PulledChart[];
  git: PartGit;
  info: Omit<BundleInfo, "git" | "rests">;
  /** The registry that images of a cluster are had from. */
  sourceOf: (cluster: string) => string;
  /** Images that the receiver has from before. */
  before: readonly Pulled[];
  /** A file that ssh-keygen signs with. */
  key: string | undefined;
  progress: (done: number, total: number) => void;
}

/** How much a bundle has of each kind, in bytes, each blob counted where it came first. */
export interface Packed {
  kinds: { kind: string; count: number; bytes: number }[];
  /** By size, the largest first. */
  largest: { what: string; bytes: number }[];
  rests: Rest[];
  /** Images of before that their registry has no more: nothing of them is left out. */
  gone: string[];
}

/** Blobs of one image that are fetched at once. */
const workers = 4;

/** Fills a layout with images, charts and Git, and signs its index. */
export async function pack(options: PackOptions): Promise<Packed> {
  const { env, layout, images, charts, git, info, progress } = options;
  const sources = new Map<string, BlobSource>();
  const sourceOf = ({ cluster }: Pulled) => {
    const host = options.sourceOf(cluster);
    const found = sources.get(host) ?? new BlobSource(host, { env });
    sources.set(host, found);
    return found;
  };
  const { had, gone } = await hadBefore(options, sourceOf);
  const entries: Entry[] = [];
  const rests = new Map<string, Rest>();
  const weights: Packed["largest"] = [];
  for (const [index, image] of images.entries()) {
    progress(index, images.length);
    const source = sourceOf(image);
    const entry = await entryOf(source, image);
    const item = await itemOf(entry, info.platforms, manifestsOf(source, image));
    const left = item.blobs.filter(({ digest }) => had.has(digest));
    for (const { digest, size } of left)
      rests.set(digest, { digest, size, repositories: [...had.get(digest)!].toSorted() });
    const own = item.blobs.filter(({ digest }) => !had.has(digest) && !layout.has(digest));
    await inParallel(own, workers, (blob) => layout.fill(blob, (file) => source.blob(image.repository, blob, file)));
    for (const { mediaType, bytes } of item.manifests) await layout.add(mediaType, bytes);
    weights.push({ what: `${image.repository}:${image.tag}`, bytes: sizeOf([...own, ...item.manifests]) });
    entries.push(entry);
  }
  let chartBytes = 0;
  for (const { kind, repository, tag, digest } of charts) {
    const archive = await readArchive(env, kind, digest);
    if (archive === undefined) throw new ToolError(`${repository}:${tag} is not on this machine: bun run charts pull`);
    const { manifest, blobs } = artifactOf(kind, archive);
    for (const { bytes } of blobs) await layout.add("", bytes);
    entries.push({ ...(await layout.add(manifestType, manifest)), repository, tag });
    chartBytes += archive.length;
  }
  const gitLayer = await layout.take(gitType, (file) => writeGitBundle(git, file));
  const told: BundleInfo = {
    ...info,
    git: { commit: git.commit, tree: git.tree },
    rests: [...rests.keys()].toSorted().map((digest) => rests.get(digest)!),
  };
  const config = await layout.add(infoType, new TextEncoder().encode(infoText(told)));
  const carrier = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType,
    config: { ...config },
    layers: [{ ...gitLayer }],
  };
  const own = await layout.add(manifestType, new TextEncoder().encode(canonical(carrier)));
  entries.push({ ...own, repository: bundleRepository, tag: info.revision.slice(0, 12) });
  await layout.write(layoutFile, layoutText);
  await layout.write(indexFile, indexText(entries));
  if (options.key !== undefined)
    await layout.write(signatureFile, await signBytes(await layout.read(indexFile), options.key, env));
  return {
    kinds: [
      { kind: "images", count: images.length, bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0) },
      { kind: "charts and definitions", count: charts.length, bytes: chartBytes },
      { kind: "Git", count: 1, bytes: gitLayer.size },
    ],
    largest: weights.toSorted((a, b) => b.bytes - a.bytes),
    rests: told.rests,
    gone,
  };
}

/** Blobs that came with images of before, and the repositories that they are in. Nothing is known of what is gone there. */
async function hadBefore({ before, info }: PackOptions, sourceOf: (image: Pulled) => BlobSource) {
  const had = new Map<string, Set<string>>();
  const gone: string[] = [];
  for (const image of before) {
    const source = sourceOf(image);
    try {
      const { blobs } = await itemOf(await entryOf(source, image), info.platforms, manifestsOf(source, image));
      for (const { digest } of blobs) had.set(digest, (had.get(digest) ?? new Set()).add(image.repository));
    } catch (error) {
      if (!(error instanceof ToolError) || !error.message.includes("no such image")) throw error;
      gone.push(`${image.repository}@${image.digest}`);
    }
  }
  return { had, gone };
}

async function entryOf(source: BlobSource, { repository, tag, digest }: Pulled): Promise<Entry> {
  const { bytes, mediaType } = await source.manifest(repository, digest);
  return { mediaType, digest, size: bytes.length, repository, tag };
}

const manifestsOf =
  (source: BlobSource, { repository }: Pulled): ReadManifest =>
  async ({ digest }) =>
    (await source.manifest(repository, digest)).bytes;

const sizeOf = (all: readonly Descriptor[]) => all.reduce((sum, { size }) => sum + size, 0);
