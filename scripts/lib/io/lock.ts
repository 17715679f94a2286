import { link, mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../core/errors.ts";
import type { Workspace } from "./workspace.ts";

const waitSeconds = 60;

/**
 * Runs one writer of a repository at a time: what it read is then what it changes. A lock whose process is gone is
 * taken over; a living one is waited for.
 */
export async function withLock<T>({ state: folder }: Workspace, work: () => Promise<T>): Promise<T> {
  const lock = path.join(folder, "lock");
  const started = Date.now();
  for (;;) {
    await mkdir(folder, { recursive: true });
    if (await acquired(lock)) break;
    const owner = await ownerOf(lock);
    if (owner !== undefined && !isAlive(owner)) {
      // Renamed first: of several that find it dead, one takes it away.
      const taken = `${lock}.${process.pid}`;
      await rename(lock, taken).then(
        () => rm(taken, { force: true }),
        () => undefined,
      );
    } else if (Date.now() - started > waitSeconds * 1000) {
      const who = owner === undefined ? "another command" : `the process ${owner}`;
      throw new ToolError(`${who} has been changing this repository for ${waitSeconds} s: wait for it, or stop it`);
    } else await Bun.sleep(20 + Math.random() * 30);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
    await rmdir(folder).catch(() => undefined); // Another one is waiting there, or a journal is left.
  }
}

/** Makes the lock, with the process that holds it in it; false if there is one, or its folder just went. */
async function acquired(lock: string): Promise<boolean> {
  const own = `${lock}.${process.pid}.tmp`;
  try {
    // Linked into place: there is no moment at which it is there and says nothing.
    await writeFile(own, String(process.pid));
    await link(own, lock);
    return true;
  } catch (error) {
    if (["EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function ownerOf(lock: string): Promise<number | undefined> {
  const text = await readFile(lock, "utf8").catch(() => "");
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
