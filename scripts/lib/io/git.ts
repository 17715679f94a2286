import { UsageError } from "../core/errors.ts";
import { run } from "./process.ts";

/**
 * A file as it is in a revision: its text, null where it is not there, undefined where there is no such revision or
 * no repository.
 */
export async function fileAt(root: string, revision: string, file: string): Promise<string | null | undefined> {
  const git = (...args: string[]) => run(["git", "-C", root, ...args]);
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  if (commit.exitCode !== 0) return undefined;
  const prefix = (await git("rev-parse", "--show-prefix")).stdout.trim();
  const shown = await git("show", `${commit.stdout.trim()}:${prefix}${file}`);
  return shown.exitCode === 0 ? shown.stdout : null;
}

/** Paths, from the root, that differ between a revision and the working folder: changed, added, removed, untracked. */
export async function changedSince(root: string, revision: string): Promise<Set<string>> {
  const git = gitIn(root);
  const commit = await commitOf(git, revision);
  const changed = await git("diff", "--name-only", "--no-renames", "--relative", "-z", commit, "--");
  const untracked = await git("ls-files", "--others", "--exclude-standard", "-z", "--");
  return new Set([...changed, ...untracked]);
}

/** A file of a commit or of the index. */
export interface Blob {
  path: string;
  text: string;
  /** The commit that brought it; nothing for what is only staged. */
  commit?: string;
}

/** What a commit made now would add or change. */
export async function stagedBlobs(root: string): Promise<Blob[]> {
  const git = gitIn(root);
  const paths = await git("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=AM", "--relative", "-z");
  const prefix = (await git("rev-parse", "--show-prefix")).join("").trim();
  return Promise.all(paths.map(async (path) => ({ path, text: (await git("show", `:${prefix}${path}`)).join("\0") })));
}

/** What each commit since a revision added or changed: also what a later one took away again. */
export async function blobsSince(root: string, revision: string): Promise<Blob[]> {
  const git = gitIn(root);
  const commit = await commitOf(git, revision);
  const commits = (await git("rev-list", `${commit}..HEAD`))
    .join("")
    .split("\n")
    .filter((line) => line !== "");
  const found: Blob[] = [];
  for (const own of commits) {
    const args = [
      "-r",
      "-m",
      "--root",
      "--no-commit-id",
      "--name-only",
      "--no-renames",
      "--diff-filter=AM",
      "--relative",
    ];
    const paths = await git("diff-tree", ...args, "-z", own);
    const prefix = (await git("rev-parse", "--show-prefix")).join("").trim();
    for (const path of new Set(paths))
      found.push({ path, text: (await git("show", `${own}:${prefix}${path}`)).join("\0"), commit: own });
  }
  return found;
}

type Git = (...args: string[]) => Promise<string[]>;

/** The commit that a revision names; an error that says what to do where there is none. */
export const resolveCommit = (root: string, revision: string) => commitOf(gitIn(root), revision);

/** Runs git in a folder; its output, split where there are zero bytes. */
export function gitIn(root: string): Git {
  return async (...args) => {
    const result = await run(["git", "-C", root, ...args]);
    if (result.exitCode !== 0)
      throw new UsageError(`git ${args.slice(0, 4).join(" ")} failed: ${result.stderr.trim().split("\n")[0]}`);
    return result.stdout.split("\0").filter((part) => part !== "");
  };
}

/** Resolved first, so that nothing given as a revision can be read as an option. */
async function commitOf(git: Git, revision: string): Promise<string> {
  try {
    return (await git("rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`))[0]!.trim();
  } catch {
    throw new UsageError(`there is no commit ${JSON.stringify(revision)}: git fetch it, or name another`);
  }
}
