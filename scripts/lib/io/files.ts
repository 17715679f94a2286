import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { temporaryPrefix } from "../core/company.ts";
import type { Finding } from "../core/finding.ts";
import { fleetFolders, generatedFiles } from "../repo/layout.ts";
import { Tree } from "../repo/tree.ts";
import { keepFolder } from "./interrupt.ts";

/** A file that a desktop drops beside what it opens: git ignores it, Helm skips it, and no kustomization may name it. */
export const isIgnored = (name: string) => name === ".DS_Store";

/** Told of each repository that is read as a whole: tests count them. */
export const watch = { read: (_root: string) => {} };

/**
 * Reads folders of a repository, those of the fleet if none are named, and the files that are generated from it. Links
 * are refused, not followed: what a program is given to read is then what lies in the repository, and nothing else on
 * the machine.
 */
export async function readTree(
  root: string,
  folders: readonly string[] = fleetFolders,
): Promise<{ tree: Tree; findings: Finding[] }> {
  if (folders === fleetFolders) watch.read(root);
  const files: [string, Uint8Array][] = [];
  const findings: Finding[] = [];
  await Promise.all(folders.map((folder) => visit(folder)));
  for (const file of folders === fleetFolders ? generatedFiles : []) {
    const bytes = await readFile(path.join(root, file)).catch(() => undefined);
    if (bytes !== undefined) files.push([file, bytes]);
  }
  return { tree: new Tree(files), findings };

  async function visit(folder: string): Promise<void> {
    let entries;
    try {
      entries = await readdir(path.join(root, folder), { withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    await Promise.all(
      entries.map(async (entry) => {
        const file = `${folder}/${entry.name}`;
        if (entry.name === ".git") findings.push(submodule(folder));
        else if (entry.isDirectory()) await visit(file);
        else if (entry.isFile() && !isIgnored(entry.name)) files.push([file, await readFile(path.join(root, file))]);
        else if (!entry.isFile()) findings.push(notAFile(file, entry.isSymbolicLink()));
      }),
    );
  }
}

function submodule(folder: string): Finding {
  const message = "is a repository of its own: what it holds is in no commit of this one";
  return { rule: "submodule", severity: "error", file: folder, message, fix: "take its files into this repository" };
}

function notAFile(file: string, isLink: boolean): Finding {
  const what = isLink ? "is a symbolic link" : "is neither a file nor a folder";
  const fix = "replace it by a copy, or name the other file where it is needed";
  return {
    rule: "symlink",
    severity: "error",
    file,
    message: `${what}: Helm would follow it out of the repository`,
    fix,
  };
}

/**
 * Writes a file so that a reader sees either what was there before or all of the new content. It is written beside it
 * first, or in another folder of the same disk: where readers take every file for content. What could be run stays so.
 */
export async function writeWhole(
  file: string,
  content: string | Uint8Array,
  beside = path.dirname(file),
): Promise<void> {
  for (const folder of [path.dirname(file), beside]) await mkdir(folder, { recursive: true });
  const name = `${path.basename(file)}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  const temporary = path.join(beside, name);
  try {
    await writeFile(temporary, content);
    const before = await stat(file).catch(() => undefined);
    if (before !== undefined && (before.mode & 0o111) !== 0) await chmod(temporary, before.mode);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A folder that belongs to one run. */
export async function temporaryFolder(purpose: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), `${temporaryPrefix}${purpose}-`));
  const release = keepFolder(folder);
  return {
    path: folder,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }).finally(release),
  };
}
