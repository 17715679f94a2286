import { readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { digestOf } from "../addon/artifact.ts";
import { blobFile, type Descriptor } from "../bundle/layout.ts";

/** Fills a layout: each blob once, whoever names it. */
export class LayoutWriter {
  readonly #folder: string;
  readonly #held = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  has(digest: string): boolean {
    return this.#held.has(digest);
  }

  /** Keeps some bytes under their digest. */
  async add(mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
    const digest = digestOf(bytes);
    if (!this.#held.has(digest)) await writeFile(this.#fileOf(digest), bytes);
    this.#held.set(digest, bytes.length);
    return { mediaType, digest, size: bytes.length };
  }

  /** Keeps what is written to a file piece by piece, and has the digest that it is to have. */
  async fill({ digest, size }: Descriptor, write: (file: string) => Promise<void>): Promise<void> {
    if (this.#held.has(digest)) return;
    await write(this.#fileOf(digest));
    this.#held.set(digest, size);
  }

  /** Takes over a file that a program wrote here. */
  async take(mediaType: string, write: (file: string) => Promise<void>): Promise<Descriptor> {
    const file = path.join(this.#folder, "taken");
    await write(file);
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const piece of Bun.file(file).stream()) hasher.update(piece);
    const { size } = await stat(file);
    const digest = `sha256:${hasher.digest("hex")}`;
    await rename(file, this.#fileOf(digest));
    this.#held.set(digest, size);
    return { mediaType, digest, size };
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(path.join(this.#folder, name), text);
  }

  read(name: string): Promise<Uint8Array> {
    return readFile(path.join(this.#folder, name));
  }

  #fileOf(digest: string): string {
    return path.join(this.#folder, blobFile(digest));
  }
}
