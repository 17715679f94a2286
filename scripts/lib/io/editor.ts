import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../core/errors.ts";
import { keepFolder } from "./interrupt.ts";

/** Where a file is in memory and on no disk. */
const memory = "/dev/shm";

/**
 * Lets a person edit text in their editor, through a file that only they can read and that lies in memory. Where the
 * system has no such place it is refused: plaintext never touches a disk.
 */
export async function editInMemory(text: string, env: Record<string, string | undefined>): Promise<string> {
  const editor = env["SOPS_EDITOR"] ?? env["VISUAL"] ?? env["EDITOR"];
  if (editor === undefined || editor === "")
    throw new ToolError("no editor: set EDITOR to one that waits until you are done");
  if (!existsSync(memory))
    throw new ToolError(`this system has no ${memory}: use bun run secrets set, which needs no file`);
  const folder = await mkdtemp(path.join(memory, "murima2025-"));
  const release = keepFolder(folder);
  try {
    const file = path.join(folder, "secret.yaml");
    await writeFile(file, text, { mode: 0o600 });
    const child = Bun.spawn(["sh", "-c", `${editor} "$1"`, "sh", file], {
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
      env,
    });
    const code = await child.exited;
    if (code !== 0) throw new ToolError(`the editor ended with ${code}: nothing was changed`);
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
    release();
  }
}
