import { chmod, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";

import { temporaryPrefix } from "../core/company.ts";
import { keepFolder } from "./interrupt.ts";
import { run } from "./process.ts";

/** Where a file is in memory: the system may swap it out, but writes it to no file system. */
export const memory = "/dev/shm";

/**
 * A folder in memory that belongs to one run, with so many bytes of room, and in which programs may be started; undefined
 * where the system has no such place. Small files by the thousand take a tenth of the time there.
 */
export async function memoryFolder(
  purpose: string,
  bytes: number,
): Promise<{ path: string; remove: () => Promise<void> } | undefined> {
  const room = await statfs(memory).catch(() => undefined);
  if (room === undefined || room.bavail * room.bsize < bytes) return undefined;
  const folder = await mkdtemp(path.join(memory, `${temporaryPrefix}${purpose}-`)).catch(() => undefined);
  if (folder === undefined) return undefined;
  const release = keepFolder(folder);
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }).finally(release);
  if (await mayStart(folder)) return { path: folder, remove };
  await remove();
  return undefined;
}

/** Containers often mount it without the right to start what lies there. */
async function mayStart(folder: string): Promise<boolean> {
  const program = path.join(folder, "program");
  await writeFile(program, "#!/bin/sh\n");
  await chmod(program, 0o755);
  return run([program]).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}
