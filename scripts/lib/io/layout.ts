import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { ArchiveError, block, headerOf, plainHeader } from "../addon/tar.ts";
import type { LayoutReader } from "../bundle/contents.ts";
import {
  digestOfFile,
  indexFile,
  isLayoutName,
  LayoutError,
  layoutFile,
  layoutLimits,
  signatureFile,
} from "../bundle/layout.ts";
import { UsageError } from "../core/errors.ts";
import { keepFolder } from "./interrupt.ts";

/** How much of a file is in memory at once; a registry takes a layer in such pieces too. */
export const pieceSize = 4 * 1024 * 1024;

/** Where a file of a layout is: in a file, from a byte on. */
interface Place {
  file: string;
  offset: number;
  size: number;
}

/** A layout as it lies in a folder or a tar: nothing of it is unpacked. */
export async function openLayout(where: string): Promise<LayoutReader> {
  const found = await lstat(where).catch(() => undefined);
  if (found === undefined) throw new UsageError(`there is no ${where}: name the file or folder of a bundle`);
  const places = found.isDirectory() ? await placesInFolder(where) : await placesInTar(where);
  async function* pieces(name: string): AsyncGenerator<Uint8Array> {
    const { file, offset, size } = places.get(name)!;
    const handle = await open(file, "r");
    try {
      const buffer = Buffer.alloc(Math.min(pieceSize, size));
      for (let at = 0; at < size; at += pieceSize) {
        const wanted = Math.min(pieceSize, size - at);
        const { bytesRead } = await handle.read(buffer, 0, wanted, offset + at);
        if (bytesRead < wanted) throw new LayoutError("is cut off");
        yield buffer.subarray(0, wanted);
      }
    } finally {
      await handle.close();
    }
  }
  return {
    sizes: new Map([...places].map(([name, { size }]) => [name, size])),
    pieces,
    async read(name) {
      const { size } = places.get(name)!;
      if (size > layoutLimits.manifest) throw new LayoutError(`holds ${digestOfFile(name)} of ${size} bytes, too many`);
      const parts: Uint8Array[] = [];
      for await (const piece of pieces(name)) parts.push(piece);
      return Buffer.concat(parts);
    },
  };
}

/** Writes one file of a layout to where a program can read it. */
export async function copyBlob(layout: LayoutReader, name: string, file: string): Promise<void> {
  const handle = await open(file, "wx");
  try {
    for await (const piece of layout.pieces(name)) await handle.appendFile(piece);
  } finally {
    await handle.close();
  }
}

/** Computes the digest of every blob: what is in a layout is what its names say. */
export async function checkDigests(
  layout: LayoutReader,
  progress: (done: number, total: number) => void,
): Promise<void> {
  const blobs = [...layout.sizes.keys()].filter((name) => name.startsWith("blobs/"));
  for (const [index, name] of blobs.entries()) {
    progress(index, blobs.length);
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const piece of layout.pieces(name)) hasher.update(piece);
    const found = `sha256:${hasher.digest("hex")}`;
    const wanted = digestOfFile(name);
    if (found !== wanted) throw new LayoutError(`holds ${wanted}, whose bytes are ${found}: it was changed`);
  }
}

async function placesInFolder(root: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(root, file).split(path.sep).join("/");
    if (entry.isDirectory() && ["blobs", "blobs/sha256"].includes(name)) continue;
    if (!entry.isFile()) throw new LayoutError(`holds ${JSON.stringify(name)}, which is no plain file`);
    add(places, name, { file, offset: 0, size: (await lstat(file)).size });
  }
  return places;
}

async function placesInTar(file: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const handle = await open(file, "r");
  try {
    const { size: whole } = await handle.stat();
    const header = Buffer.alloc(block);
    for (let offset = 0; ;) {
      const { bytesRead } = await handle.read(header, 0, block, offset);
      if (bytesRead < block) throw new LayoutError("is cut off");
      offset += block;
      if (header.every((byte) => byte === 0)) {
        if (whole !== offset + block)
          throw new LayoutError(whole < offset + block ? "is cut off" : "goes on after its end");
        return places;
      }
      const { name, size } = headerIn(header);
      if (offset + size > whole) throw new LayoutError("is cut off");
      add(places, name, { file, offset, size });
      offset += Math.ceil(size / block) * block;
    }
  } finally {
    await handle.close();
  }
}

function headerIn(header: Uint8Array): { name: string; size: number } {
  try {
    return plainHeader(header);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new LayoutError(error.message);
  }
}

function add(places: Map<string, Place>, name: string, place: Place): void {
  if (!isLayoutName(name)) throw new LayoutError(`holds ${JSON.stringify(name)}, which is no file of an OCI layout`);
  if (places.has(name)) throw new LayoutError(`holds ${name} twice`);
  if (places.size === layoutLimits.entries) throw new LayoutError(`holds more than ${layoutLimits.entries} files`);
  places.set(name, place);
}

/** A folder in which a layout is made, beside the place where it will be: on the same disk, whole or not at all. */
export async function newLayout(
  target: string,
): Promise<{ folder: string; finish: () => Promise<number>; remove: () => Promise<void> }> {
  if ((await lstat(target).catch(() => undefined)) !== undefined)
    throw new UsageError(`${target} is there already: remove it, or name another place for the bundle`);
  const folder = `${target}.${process.pid}.tmp`;
  const release = keepFolder(folder);
  await mkdir(path.join(folder, "blobs/sha256"), { recursive: true });
  return {
    folder,
    remove: () => rm(folder, { recursive: true, force: true }).finally(release),
    async finish() {
      if (!target.endsWith(".tar")) {
        await rename(folder, target);
        return [...(await placesInFolder(target)).values()].reduce((sum, { size }) => sum + size, 0);
      }
      const size = await writeTar(folder, `${folder}.tar`);
      await rename(`${folder}.tar`, target);
      return size;
    },
  };
}

/** The head of a layout comes first, so that whoever reads a tape knows what follows; then blobs, sorted. */
const order = [layoutFile, indexFile, signatureFile];

async function writeTar(folder: string, target: string): Promise<number> {
  const places = await placesInFolder(folder);
  const rank = (name: string) => (order.includes(name) ? String(order.indexOf(name)) : name);
  const names = [...places.keys()].toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const handle = await open(target, "w");
  try {
    const layout = await openLayout(folder);
    for (const name of names) {
      const { size } = places.get(name)!;
      await handle.appendFile(headerOf(name, size));
      for await (const piece of layout.pieces(name)) await handle.appendFile(piece);
      await handle.appendFile(new Uint8Array((block - (size % block)) % block));
    }
    await handle.appendFile(new Uint8Array(2 * block));
    return (await handle.stat()).size;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
