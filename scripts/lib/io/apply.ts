import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import path from "node:path";

import type { Change } from "../core/change.ts";
import { ToolError } from "../core/errors.ts";
import { fleetFolders, generatedFiles } from "../repo/layout.ts";
import { writeWhole } from "./files.ts";
import type { Workspace } from "./workspace.ts";

/** Files that are being written lie here, on the disk of their targets, where no reader looks. Git ignores it. */
const temporaryFolder = ".gitops";

/** What changes may touch: the fleet, as every writer's; or whatever git tracks here, as those of one command. */
type Extent = "fleet" | "repository";

/** Two files, so that no journal of a writer of the fleet becomes one that writes beside it. */
const journals: Readonly<Record<Extent, string>> = { fleet: "journal.json", repository: "adoption.json" };

const journalOf = ({ state }: Workspace, extent: Extent) => path.join(state, journals[extent]);

/** Called before each thing that is done to the disk: tests stop the process there. */
export const watch = { step: () => {} };

/**
 * Makes changes to a repository, all or none, also if the process is killed at any moment: they are written to a
 * journal first. Without a whole journal nothing was changed; with one, readers see the changes as made, and the next
 * writer makes the rest. Only to be called under the lock.
 */
export async function applyChanges(
  workspace: Workspace,
  changes: readonly Change[],
  extent: Extent = "fleet",
): Promise<void> {
  refuseForeign(workspace, changes, extent);
  watch.step();
  await writeWhole(journalOf(workspace, extent), JSON.stringify(changes));
  await finish(workspace, changes, extent);
}

/**
 * Makes the rest of what a killed writer had begun. Only to be called under the lock. Where that was to change this code
 * as well, what runs is neither the old nor the new: it has to be started again.
 */
export async function recover(workspace: Workspace): Promise<void> {
  if (await recoverRepository(workspace))
    throw new ToolError("the rest of what bun run adopt had begun is made now: run this command again");
  const changes = await readJournal(workspace, "fleet");
  if (changes.length > 0) await finish(workspace, changes, "fleet");
  await removeTemporary(workspace);
}

/** Makes the rest of a change to the whole repository; whether there was one. Only to be called under the lock. */
export async function recoverRepository(workspace: Workspace): Promise<boolean> {
  const changes = await readJournal(workspace, "repository");
  if (changes.length > 0) await finish(workspace, changes, "repository");
  await removeTemporary(workspace);
  return changes.length > 0;
}

async function removeTemporary(workspace: Workspace): Promise<void> {
  const folder = path.join(workspace.root, temporaryFolder);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.endsWith(".tmp")) await rm(path.join(folder, name), { force: true });
  }
  await rmdir(folder).catch(() => undefined); // Something else is in it, or it is not there.
}

/** Changes to the fleet that are decided and perhaps not all made. Nothing can be read while those to all else are not. */
export async function pendingChanges(workspace: Workspace): Promise<Change[]> {
  if ((await readJournal(workspace, "repository")).length > 0)
    throw new ToolError("bun run adopt was ended while it wrote: run it again, and it makes the rest");
  return readJournal(workspace, "fleet");
}

async function readJournal(workspace: Workspace, extent: Extent): Promise<Change[]> {
  let text: string;
  try {
    text = await readFile(journalOf(workspace, extent), "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
  const changes = JSON.parse(text) as Change[];
  refuseForeign(workspace, changes, extent);
  return changes;
}

/** Where git and the programs keep what is theirs. */
const othersFolders = /(?:^|\/)(?:\.git|\.gitops|node_modules)(?:\/|$)/i;

/** No journal makes a writer write beside the fleet, and none at all beside the repository. */
function refuseForeign(workspace: Workspace, changes: readonly Change[], extent: Extent): void {
  const isInside = (file: string) =>
    path.posix.normalize(file) === file && !path.posix.isAbsolute(file) && !/^\.\.(?:\/|$)/.test(file);
  const isOurs = (file: string) =>
    isInside(file) &&
    (extent === "repository"
      ? !othersFolders.test(file)
      : generatedFiles.some((own) => own === file) || fleetFolders.some((folder) => file.startsWith(`${folder}/`)));
  const foreign = changes.find((change) => !isOurs(change.path));
  if (foreign !== undefined)
    throw new ToolError(
      `a change to ${foreign.path} is not a change to the ${extent}; if a killed command left it, remove ${journalOf(workspace, extent)}`,
    );
}

async function finish(workspace: Workspace, changes: readonly Change[], extent: Extent): Promise<void> {
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
  await rm(journalOf(workspace, extent));
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
