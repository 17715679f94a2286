import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError, UsageError } from "../core/errors.ts";
import { archivesFolder } from "./archives.ts";
import { findEngine } from "./engine-program.ts";
import { temporaryFolder } from "./files.ts";
import { gitIn } from "./git.ts";
import { definedOf, run } from "./process.ts";

/** A file of a checkout. */
export interface TrackedFile {
  path: string;
  bytes: Uint8Array;
  /** Whether it can be run. */
  executable: boolean;
}

/** Every file that git tracks below a folder, as it lies there; links and submodules are refused. */
export async function trackedFiles(root: string): Promise<TrackedFile[]> {
  const paths = await gitIn(root)("ls-files", "-z");
  return Promise.all(
    [...new Set(paths)].map(async (file) => {
      const found = await lstat(path.join(root, file)).catch(() => undefined);
      if (found?.isFile() !== true)
        throw new UsageError(
          `${file} is tracked and is no file here: git restore brings it back, a link is to be replaced`,
        );
      return { path: file, bytes: await readFile(path.join(root, file)), executable: (found.mode & 0o100) !== 0 };
    }),
  );
}

/** Paths that differ from the last commit, or that git does not know and does not ignore. */
export async function uncommitted(root: string): Promise<string[]> {
  // With -z a renamed file is followed by its old path, which has no state in front: that is one of ours as well.
  const lines = await gitIn(root)("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".");
  return lines.map((line) => line.slice(3));
}

/** A checkout in a folder of this run, with the packages of the one this code is of: commands run in it as they would there. */
export interface Stage {
  /** Runs a script of it; what it ends with is the caller's to judge. */
  script(file: string, ...args: string[]): ReturnType<typeof run>;
  edit(file: string, change: (text: string) => string): Promise<void>;
  /** Brings its files into the form that is checked. */
  format(): Promise<void>;
  files(): Promise<Map<string, Uint8Array>>;
  remove(): Promise<void>;
}

/** Minutes until a script in a stage is taken to hang: it may render the whole fleet. */
const patience = 60;

export async function stageOf(
  root: string,
  files: ReadonlyMap<string, { bytes: Uint8Array; executable: boolean }>,
  given: Record<string, string | undefined>,
): Promise<Stage> {
  const { path: folder, remove } = await temporaryFolder("adopt");
  // Where this process was told to look is not where those of the stage are to.
  const { GITOPS_ROOT: _root, INIT_CWD: _cwd, ...others } = definedOf(given);
  // Its cache may have another name; the engine and archives of charts are what nobody makes anew.
  const engine = await findEngine(given);
  const env = {
    ...others,
    GITOPS_CHARTS: archivesFolder(given),
    ...(engine === undefined ? {} : { GITOPS_ENGINE: engine.program }),
  };
  const start = (...command: [string, ...string[]]) =>
    run(command, { cwd: folder, env, timeout: patience * 60_000, limit: 256 * 1024 * 1024 });
  try {
    const folders = new Set([...files.keys()].map((file) => path.dirname(file)));
    await Promise.all([...folders].map((name) => mkdir(path.join(folder, name), { recursive: true })));
    await Promise.all(
      [...files].map(async ([file, { bytes, executable }]) => {
        await writeFile(path.join(folder, file), bytes);
        if (executable) await chmod(path.join(folder, file), 0o755);
      }),
    );
    await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    // Lock and journal of what runs here lie in it.
    await start("git", "init", "--quiet");
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    script: (file, ...args) => start(process.execPath, file, ...args),
    async edit(file, change) {
      const target = path.join(folder, file);
      await writeFile(target, change(await readFile(target, "utf8")));
    },
    async format() {
      const { exitCode, stderr } = await start(process.execPath, "fmt", "--no-script");
      if (exitCode !== 0) throw new ToolError(`bun fmt failed: ${stderr.trim().split("\n").at(-1)}`);
    },
    files: async () => new Map(await filesBelow(folder)),
    remove,
  };
}

async function filesBelow(root: string): Promise<[string, Uint8Array][]> {
  const visit = async (folder: string): Promise<[string, Uint8Array][]> => {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true });
    const found = await Promise.all(
      entries.map(async (entry): Promise<[string, Uint8Array][]> => {
        const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (folder === "" && [".git", ".gitops", "node_modules"].includes(file)) return [];
        return entry.isDirectory() ? visit(file) : [[file, await readFile(path.join(root, file))]];
      }),
    );
    return found.flat();
  };
  return visit("");
}
