import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import path from "node:path";

import type { Change } from "../core/change.ts";
import { ToolError } from "../core/errors.ts";
import { fleetFolders, generatedFiles } from "../repo/layout.ts";
import { writeWhole } from "./files.ts";
import type { Workspace } from "./workspace.ts";

/** Files that are being written lie here, on the disk of their targets, where no reader looks. Git ignores it. */
const temporaryFolder = ".gitops";

const journalOf = ({ state }: Workspace) => path.join(state, "journal.json");

/** Called before each thing that is done to the disk: tests stop the process there. */
export const watch = { step: () => {} };

/**
 * Makes changes to a repository, all or none, also if the process is killed at any moment: they are written to a
 * journal first. Without a whole journal nothing was changed; with one, readers see the changes as made, and the next
 * writer makes the rest. Only to be called under the lock.
 */
export async function applyChanges(workspace: Workspace, changes: readonly Change[]): Promise<void> {
  refuseForeign(workspace, changes);
  watch.step();
  await writeWhole(journalOf(workspace), JSON.stringify(changes));
  await finish(workspace, changes);
}

/** Makes the rest of what a killed writer had begun. Only to be called under the lock. */
export async function recover(workspace: Workspace): Promise<void> {
  const changes = await pendingChanges(workspace);
  if (changes.length > 0) await finish(workspace, changes);
  const folder = path.join(workspace.root, temporaryFolder);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.endsWith(".tmp")) await rm(path.join(folder, name), { force: true });
  }
  await rmdir(folder).catch(() => undefined); // Something else is in it, or it is not there.
}

/** Changes that are decided and perhaps not all made. */
export async function pendingChanges(workspace: Workspace): Promise<Change[]> {
  let text: string;
  try {
    text = await readFile(journalOf(workspace), "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
  const changes = JSON.parse(text) as Change[];
  refuseForeign(workspace, changes);
  return changes;
}

/** No journal makes a writer write beside the fleet. */
function refuseForeign(workspace: Workspace, changes: readonly Change[]): void {
  const isOurs = (file: string) =>
    path.posix.normalize(file) === file &&
    (generatedFiles.some((own) => own === file) || fleetFolders.some((folder) => file.startsWith(`${folder}/`)));
  const foreign = changes.find((change) => !isOurs(change.path));
  if (foreign !== undefined)
    throw new ToolError(
      `a change to ${foreign.path} is not a change to the fleet; if a killed command left it, remove ${journalOf(workspace)}`,
    );
}

async function finish(workspace: Workspace, changes: readonly Change[]): Promise<void> {
  const { root } = workspace;
  for (const { path: file, content } of changes) {
    const target = path.join(root, file);
    watch.step();
    // Not beside the target: a reader would take what a killed writer leaves there for a file of the fleet.
    if (content !== null) await writeWhole(target, content, path.join(root, temporaryFolder));
    else {
      await rm(target, { force: true });
      await removeEmpty(root, path.dirname(file));
    }
  }
  watch.step();
  await rm(journalOf(workspace));
  await rmdir(path.join(root, temporaryFolder)).catch(() => undefined);
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
