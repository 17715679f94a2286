import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../scripts/lib/core/errors.ts";
import { run } from "../scripts/lib/io/process.ts";
import { within } from "../scripts/lib/repo/address.ts";
import { clusterFacts, imagesFile } from "../scripts/lib/repo/layout.ts";
import type { Tree } from "../scripts/lib/repo/tree.ts";

/** A Git repository that Argo CD pulls from, with the fleet in it, and a working folder to commit from. */
export interface LabRepository {
  url: string;
  /** The working folder: a whole repository to our own commands. */
  root: string;
  /** Commits what lies in the working folder and pushes it. */
  commit: (message: string) => Promise<string>;
  /** Undoes the last commit by another, and pushes it. */
  revert: () => Promise<void>;
  /** The folder that Argo CD pulls from. */
  bare: string;
}

/**
 * Makes it of a tree, with the clusters' repository URL pointing to it, and their registry to one of the lab. Without such a
 * registry clusters run no addons: nothing could be pulled.
 */
export async function labRepository(tree: Tree, folder: string, registry?: string): Promise<LabRepository> {
  const root = path.join(folder, "work");
  const bare = path.join(folder, "repository.git");
  const url = `file://${bare}`;
  const git = async (...args: string[]) => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      GIT_AUTHOR_NAME: "lab",
      GIT_AUTHOR_EMAIL: "lab@example.com",
      GIT_COMMITTER_NAME: "lab",
      GIT_COMMITTER_EMAIL: "lab@example.com",
    };
    const { exitCode, stdout, stderr } = await run(["git", ...args], { cwd: root, env });
    if (exitCode !== 0) throw new ToolError(`git ${args[0]} failed in the lab: ${stderr.trim()}`);
    return stdout.trim();
  };
  for (const file of tree.paths) {
    if (registry === undefined && within("addon", file) !== undefined) continue;
    const target = path.join(root, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, inLab(tree, file, url, registry));
  }
  await git("init", "-q", "-b", "main");
  await git("init", "-q", "--bare", "-b", "main", bare);
  await git("remote", "add", "origin", url);
  const commit = async (message: string) => {
    await git("add", "-A");
    await git("commit", "-q", "--allow-empty", "-m", message);
    await git("push", "-q", "origin", "main");
    return git("rev-parse", "HEAD");
  };
  await commit("the fleet");
  const revert = async () => {
    await git("revert", "--no-edit", "HEAD");
    await git("push", "-q", "origin", "main");
  };
  return { url, root, commit, revert, bare };
}

/** A file as the lab has it: facts name its repository and its registry, and images of addons, which follow from them, too. */
export function inLab(tree: Tree, file: string, url: string, registry: string | undefined): string | Uint8Array {
  const addon = within("addon", file);
  const cluster = addon?.cluster ?? within("cluster", file)?.cluster;
  if (cluster === undefined) return tree.bytes(file);
  const facts = clusterFacts(cluster);
  const withRegistry = (text: string) => {
    const own = /^ {2}registry: (.*)$/m.exec(tree.text(facts))?.[1];
    return own === undefined || registry === undefined ? text : text.replaceAll(own, registry);
  };
  if (file === facts) return withRegistry(tree.text(file).replace(/^ {4}url: .*$/m, `    url: ${url}`));
  return addon !== undefined && file === imagesFile(addon) ? withRegistry(tree.text(file)) : tree.bytes(file);
}
