import path from "node:path";

import type { Change } from "../core/change.ts";
import { ToolError, UsageError } from "../core/errors.ts";
import { fleetFolders } from "../repo/layout.ts";
import { temporaryFolder } from "./files.ts";
import { remote, remoteUrl } from "./origin.ts";
import { definedOf, run } from "./process.ts";

/** The branch that Argo CD pulls. */
export const mainBranch = "main";

export interface Proposal {
  root: string;
  env: Record<string, string | undefined>;
  branch: string;
  message: string;
  changes: readonly Change[];
  /** Signs the commit, with the key that git is set up with. */
  sign: boolean;
  /** What the changes follow from, and has to be here what it is on main: the fleet, where nothing is said. */
  basis?: readonly string[];
}

/**
 * Commits changes on top of the remote's main branch and pushes them to a branch of their own: by plumbing, on an index of
 * its own. Working tree, index and HEAD stay as they are; commit hooks do not run. Never by force: a branch that is there
 * already gets one more commit, whose tree is main and the changes, nothing else.
 */
export async function pushBranch(proposal: Proposal): Promise<{ commit: string; pushed: boolean }> {
  const folder = await temporaryFolder("index");
  try {
    const env = { ...definedOf(proposal.env), ...credentials(proposal.env, await remoteUrl(proposal.root)) };
    const git = gitOf(proposal.root, { ...env, GIT_INDEX_FILE: path.join(folder.path, "index") });
    for (let attempt = 1; ; attempt++) {
      const result = await tryPush(git, gitOf(proposal.root, env), proposal);
      if (result !== undefined) return result;
      // Somebody else pushed to the branch meanwhile: the next try stands on what they did.
      if (attempt === 5)
        throw new ToolError(`${proposal.branch} changes faster than it can be pushed: try again later`);
    }
  } finally {
    await folder.remove();
  }
}

type Git = (args: string[], input?: string) => Promise<string>;

async function tryPush(git: Git, plain: Git, { branch, message, changes, sign, basis = fleetFolders }: Proposal) {
  const heads = (await plain(["ls-remote", "--heads", remote, `refs/heads/${mainBranch}`, `refs/heads/${branch}`]))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t") as [string, string]);
  const headOf = (name: string) => heads.find(([, ref]) => ref === `refs/heads/${name}`)?.[0];
  const base = headOf(mainBranch);
  if (base === undefined) throw new ToolError(`the remote ${remote} has no branch ${mainBranch}`);
  const existing = headOf(branch);
  await plain(["fetch", "--quiet", "--no-tags", remote, base, ...(existing === undefined ? [] : [existing])]);
  await refuseOtherBase(plain, base, basis);
  const prefix = (await plain(["rev-parse", "--show-prefix"])).trim();
  await git(["read-tree", base]);
  for (const { path: file, content } of changes) {
    if (content === null) await git(["update-index", "--force-remove", "--", file]);
    else {
      const blob = (await git(["hash-object", "-w", "--stdin"], content)).trim();
      await git(["update-index", "--add", "--cacheinfo", `100644,${blob},${prefix}${file}`]);
    }
  }
  const tree = (await git(["write-tree"])).trim();
  const parents = existing === undefined ? [base] : await parentsOf(plain, existing, base, tree);
  if (parents === undefined) return { commit: existing!, pushed: false };
  const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), ...(sign ? ["-S"] : [])];
  const commit = (await git([...args, "-F", "-"], message)).trim();
  try {
    await plain(["push", "--quiet", remote, `${commit}:refs/heads/${branch}`]);
  } catch (error) {
    if (/non-fast-forward|fetch first|cannot lock ref|failed to update ref/.test((error as Error).message))
      return undefined;
    throw error;
  }
  return { commit, pushed: true };
}

/** What a further commit stands on; undefined where the branch is already what it is to be. */
async function parentsOf(git: Git, existing: string, base: string, tree: string): Promise<string[] | undefined> {
  const own = (await git(["rev-parse", `${existing}^{tree}`])).trim();
  const isOnBase = await git(["merge-base", "--is-ancestor", base, existing]).then(
    () => true,
    () => false,
  );
  if (isOnBase) return own === tree ? undefined : [existing];
  return [existing, base];
}

/** What was checked has to be what is proposed: the fleet as it lies here is that of the remote's main branch. */
async function refuseOtherBase(git: Git, base: string, basis: readonly string[]): Promise<void> {
  const changed = await git(["diff", "--name-only", base, "--", ...basis]);
  const untracked = await git(["ls-files", "--others", "--exclude-standard", "--", ...basis]);
  const files = [...changed.split("\n"), ...untracked.split("\n")].filter((file) => file !== "");
  if (files.length === 0) return;
  const some = files.slice(0, 3).join(", ") + (files.length > 3 ? ` and ${files.length - 3} more` : "");
  throw new UsageError(
    `${basis === fleetFolders ? "the fleet" : basis.join(", ")} here is not that of ${remote}/${mainBranch} (${some}): git pull, or commit or stash what you changed; what was checked would not be what is proposed`,
  );
}

function gitOf(root: string, env: Record<string, string>): Git {
  return async (args, input) => {
    const { exitCode, stdout, stderr } = await run(["git", "-C", root, ...args] as [string, ...string[]], {
      env: { ...env, GIT_TERMINAL_PROMPT: "0" },
      ...(input === undefined ? {} : { input }),
    });
    if (exitCode !== 0) throw new ToolError(`git ${args[0]} failed: ${stderr.trim()}`);
    return stdout;
  };
}

/** A token reaches git through its environment: an argument or an address could be read by others. */
function credentials(env: Record<string, string | undefined>, url: string): Record<string, string> {
  const token = env["GITHUB_TOKEN"];
  if (token === undefined || token === "" || !/^https?:/.test(url)) return {};
  const header = `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraheader`,
    GIT_CONFIG_VALUE_0: header,
  };
}
