import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";

import { cacheFolder } from "./cache.ts";

/**
 * A folder that commands work on, and where writers keep their lock and their journal. That is never a place a commit can
 * bring: what steers the tools must not be part of what they judge.
 */
export interface Workspace {
  root: string;
  /** Absolute: in git's own folder; in the user's cache where there is no git. */
  state: string;
}

/** Nobody's name: a command that was killed while it changed names here finds what it left. */
const name = "gitops";

export async function workspaceOf(root: string, env: Record<string, string | undefined>): Promise<Workspace> {
  const git = await gitFolder(root);
  if (git !== undefined) return { root, state: path.join(git, name) };
  const place = createHash("sha256")
    .update(await realpath(root))
    .digest("hex");
  return { root, state: path.join(cacheFolder(env), "writers", place.slice(0, 32)) };
}

/** `.git` itself, or what it points to in a worktree (gitrepository-layout(5)). Git refuses to commit either. */
async function gitFolder(root: string): Promise<string | undefined> {
  const git = path.join(root, ".git");
  const found = await stat(git).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return git;
  const pointer = /^gitdir: (.+)\n?$/.exec(await readFile(git, "utf8"))?.[1];
  return pointer === undefined ? undefined : path.resolve(root, pointer);
}
