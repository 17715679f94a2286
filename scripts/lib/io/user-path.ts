import { readFile, stat } from "node:fs/promises";
import path from "node:path";

import { UsageError } from "../core/errors.ts";

/** What of a command says where a person is. */
interface Where {
  cwd: string;
  env: Record<string, string | undefined>;
}

/** Folders that a path may be meant from: where the person stands, if npm tells (bun goes to the root and does not), then the root. */
function basesOf({ cwd, env }: Where): string[] {
  const standing = env["INIT_CWD"];
  return standing === undefined || path.relative(cwd, standing).startsWith("..") ? [cwd] : [standing, cwd];
}

async function existing(where: Where, file: string): Promise<string | undefined> {
  for (const base of basesOf(where)) {
    const found = path.resolve(base, file);
    if ((await stat(found).catch(() => undefined)) !== undefined) return found;
  }
  return undefined;
}

/** A file or folder that a person names, from where they stand. What is not there stays as it is written. */
export const existingPath = async (where: Where, file: string): Promise<string> =>
  (await existing(where, file)) ?? file;

/** A file that a person names, as text; standard input for "-". */
export async function readInput(where: Where & { stdin: { text(): Promise<string> } }, file: string): Promise<string> {
  if (file === "-") return where.stdin.text();
  const found = await existing(where, file);
  if (found === undefined)
    throw new UsageError(`there is no file ${file}: give its path from the root of the repository, or an absolute one`);
  return readFile(found, "utf8");
}

/** A path of the repository as a person writes it, from its root: what is not there stays as it is written. */
export async function repositoryPath(where: Where, file: string): Promise<string> {
  const found = await existing(where, file);
  const inside = found === undefined ? "" : path.relative(where.cwd, found).split(path.sep).join("/");
  return inside === "" || inside.startsWith("..") ? path.posix.normalize(file) : inside;
}
