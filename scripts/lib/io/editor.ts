import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { temporaryPrefix } from "../core/company.ts";
import { ToolError } from "../core/errors.ts";
import { keepFolder, killGroup } from "./interrupt.ts";
import { memory } from "./memory.ts";

const prefix = `${temporaryPrefix}edit-`;

/** Waits for the end of whoever started it, however that ends, then removes the folder and hangs up the editor. */
const watcher = `read -r editor; cat >/dev/null; rm -rf -- "$1"; [ -z "$editor" ] || kill -HUP "$editor" 2>/dev/null`;

/**
 * Lets a person edit text in their editor, through a file in memory that only they can read. It is gone when the editor
 * ends, and also when this process is killed. What the editor itself writes elsewhere (swap, backup, undo) is up to its
 * settings. Where the system has no such place it is refused.
 */
export async function editInMemory(text: string, env: Record<string, string | undefined>): Promise<string> {
  const editor = env["SOPS_EDITOR"] ?? env["VISUAL"] ?? env["EDITOR"];
  if (editor === undefined || editor === "")
    throw new ToolError("no editor: set EDITOR to one that waits until you are done");
  if (!existsSync(memory))
    throw new ToolError(`this system has no ${memory}: use bun run secrets set, which needs no file`);
  const folder = await mkdtemp(path.join(memory, `${prefix}${process.pid}-`));
  const release = keepFolder(folder);
  const watching = watch(folder);
  try {
    const file = path.join(folder, "secret.yaml");
    await writeFile(file, text, { mode: 0o600 });
    // A program with arguments takes the shell's place, so that it is the one to be hung up.
    const command = /^[\w./@%+,:-]+( [\w./@%+,:=-]+)*$/.test(editor) ? `exec ${editor} "$1"` : `${editor} "$1"`;
    const child = Bun.spawn(["sh", "-c", command, "sh", file], {
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
      env,
    });
    watching.tell(child.pid);
    const code = await child.exited;
    if (code !== 0) throw new ToolError(`the editor ended with ${code}: nothing was changed`);
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
    watching.stop();
    release();
  }
}

/** Its input ends with this process: the system closes it even after kill -9. */
function watch(folder: string) {
  const child = Bun.spawn(["sh", "-c", watcher, "sh", folder], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    // A signal to the whole group must not end it.
    detached: true,
  });
  child.unref();
  return {
    /** Which editor has to be hung up. */
    tell: (editor: number) => {
      void child.stdin.write(`${editor}\n`);
      void child.stdin.flush();
    },
    stop: () => killGroup(child.pid),
  };
}

/**
 * Removes what an edit left that was ended together with its watcher: folders of this person whose process is gone.
 * Their names, for people.
 */
export async function removeAbandonedEdits(): Promise<string[]> {
  const names = await readdir(memory).catch(() => [] as string[]);
  const found: string[] = [];
  for (const name of names) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = path.join(memory, name);
    const owner = await stat(folder).catch(() => undefined);
    if (owner === undefined || owner.uid !== process.getuid?.()) continue;
    await rm(folder, { recursive: true, force: true });
    found.push(folder);
  }
  return found.toSorted();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
