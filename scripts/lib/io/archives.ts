import { readFile } from "node:fs/promises";
import path from "node:path";

import { readChart, readManifests } from "../addon/archive.ts";
import { artifactOf, type layerTypes } from "../addon/artifact.ts";
import { ArchiveError } from "../addon/tar.ts";
import { cacheFolder } from "./cache.ts";
import { writeWhole } from "./files.ts";

type Env = Record<string, string | undefined>;
type ArchiveKind = keyof typeof layerTypes;

/** What an archive on this machine holds; or why nothing of it is used. */
export type HeldArchive = { files: ReadonlyMap<string, Uint8Array> } | { problem: string };

/** GITOPS_CHARTS names another folder than that of the user's cache: one that several machines share, for instance. */
export const archivesFolder = (env: Env) => env["GITOPS_CHARTS"] || path.join(cacheFolder(env), "charts");

const fileOf = (env: Env, digest: string) => path.join(archivesFolder(env), `${digest.replace(":", "-")}.tgz`);

/** Unpacked once a process: bytes of one digest are the same ones. */
const unpacked = new Map<string, HeldArchive>();

/** The bytes of an archive, by the digest of its artifact; undefined where this machine does not have them, or has others. */
export async function readArchive(env: Env, kind: ArchiveKind, digest: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(fileOf(env, digest)).catch(() => undefined);
  return bytes !== undefined && artifactOf(kind, bytes).digest === digest ? bytes : undefined;
}

/** Keeps an archive on this machine; the digest of its artifact. */
export async function keepArchive(env: Env, kind: ArchiveKind, bytes: Uint8Array): Promise<string> {
  const { digest } = artifactOf(kind, bytes);
  await writeWhole(fileOf(env, digest), bytes);
  return digest;
}

/** The files of an archive; undefined where this machine does not have it. */
export async function heldArchive(env: Env, kind: ArchiveKind, digest: string): Promise<HeldArchive | undefined> {
  const key = `${fileOf(env, digest)} ${kind}`;
  let held = unpacked.get(key);
  if (held !== undefined) return held;
  const bytes = await readArchive(env, kind, digest);
  if (bytes === undefined) return undefined;
  try {
    held = { files: kind === "chart" ? readChart(bytes).files : readManifests(bytes) };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    held = { problem: error.message };
  }
  unpacked.set(key, held);
  return held;
}
