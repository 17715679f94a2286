import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

import { writeWhole } from "./files.ts";

/** The user's folder for what can be made again. */
export function cacheFolder(env: Record<string, string | undefined>): string {
  const base = env["XDG_CACHE_HOME"] || path.join(env["HOME"] || homedir(), ".cache");
  return path.join(base, "murima2025-gitops");
}

/**
 * Entries by the name of their content. An entry starts with the SHA-256 of the rest: one that a crash or a full disk
 * cut short reads as absent. A cache that can't be written only makes the next run slower.
 */
export class Cache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(key: string): Promise<string | undefined> {
    let entry: string;
    try {
      entry = await readFile(this.#file(key), "utf8");
    } catch {
      return undefined;
    }
    const content = entry.slice(65);
    return entry.slice(0, 64) === sha256(content) && entry[64] === "\n" ? content : undefined;
  }

  async write(key: string, content: string): Promise<void> {
    try {
      await writeWhole(this.#file(key), `${sha256(content)}\n${content}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  #file(key: string): string {
    return path.join(this.#folder, key.slice(0, 2), key);
  }
}

function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
