import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import path from "node:path";

import type { Change } from "../core/change.ts";
import { writeWhole } from "./files.ts";
import { workFolder } from "./lock.ts";

const journalFile = path.join(workFolder, "journal.json");

/** Called before each thing that is done to the disk: tests stop the process there. */
export const watch = { step: () => {} };

/**
 * Makes changes to a repository, all or none, also if the process is killed at any moment: they are written to a
 * journal first. Without a whole journal nothing was changed; with one, readers see the changes as made, and the next
 * writer makes the rest. Only to be called under the lock.
 */
export async function applyChanges(root: string, changes: readonly Change[]): Promise<void> {
  watch.step();
  await writeWhole(path.join(root, journalFile), JSON.stringify(changes));
  await finish(root, changes);
}

/** Makes the rest of what a killed writer had begun. Only to be called under the lock. */
export async function recover(root: string): Promise<void> {
  const changes = await pendingChanges(root);
  if (changes.length > 0) await finish(root, changes);
  for (const name of await readdir(path.join(root, workFolder)).catch(() => [])) {
    if (name.endsWith(".tmp")) await rm(path.join(root, workFolder, name), { force: true });
  }
}

/** Changes that are decided and perhaps not all made. */
export async function pendingChanges(root: string): Promise<Change[]> {
  try {
    return JSON.parse(await readFile(path.join(root, journalFile), "utf8")) as Change[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function finish(root: string, changes: readonly Change[]): Promise<void> {
  for (const { path: file, content } of changes) {
    const target = path.join(root, file);
    watch.step();
    // Not beside the target: a reader would take what a killed writer leaves there for a file of the fleet.
    if (content !== null) await writeWhole(target, content, path.join(root, workFolder));
    else {
      await rm(target, { force: true });
      await removeEmpty(root, path.dirname(file));
    }
  }
  watch.step();
  await rm(path.join(root, journalFile));
}

/** Git knows no empty folders, and a generator would find one. */
async function removeEmpty(root: string, folder: string): Promise<void> {
  if (folder === "." || folder === "") return;
  try {
    await rmdir(path.join(root, folder));
  } catch {
    return; // It holds something else.
  }
  await removeEmpty(root, path.dirname(folder));
}
