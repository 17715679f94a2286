import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { UsageError } from "../core/errors.ts";

/** Marks a folder as written by us, and so as ours to replace. */
const marker = ".rendered";

/**
 * Replaces a folder by files, whole: they are written beside it first, so that a run that is ended midway leaves what
 * was there. A folder with anything else in it is not touched.
 */
export async function replaceFolder(target: string, files: ReadonlyMap<string, string>): Promise<void> {
  if (existsSync(target) && (await readdir(target)).length > 0 && !existsSync(path.join(target, marker))) {
    throw new UsageError(`${target} holds files that were not rendered: name an empty folder, or remove it`);
  }
  const written = `${target}.${process.pid}.tmp`;
  const before = `${target}.${process.pid}.old`;
  try {
    await mkdir(written, { recursive: true });
    await writeFile(path.join(written, marker), "bun run render and bun run page replace this folder\n");
    for (const [file, content] of files) {
      const whole = path.join(written, file);
      await mkdir(path.dirname(whole), { recursive: true });
      await writeFile(whole, content, { flag: "wx" });
    }
    if (existsSync(target)) await rename(target, before);
    await rename(written, target);
  } finally {
    if (existsSync(before) && !existsSync(target)) await rename(before, target);
    await rm(written, { recursive: true, force: true });
    await rm(before, { recursive: true, force: true });
  }
}
