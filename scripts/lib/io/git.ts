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
  const git = async (...args: string[]) => {
    const result = await run(["git", "-C", root, ...args]);
    if (result.exitCode !== 0) {
      throw new UsageError(
        `git ${args[0]} failed for ${JSON.stringify(revision)}: ${result.stderr.trim().split("\n")[0]}`,
      );
    }
    return result.stdout.split("\0").filter((path) => path !== "");
  };
  // Resolved first, so that nothing given as a revision can be read as an option.
  const commit = (await git("rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`))[0]!.trim();
  const changed = await git("diff", "--name-only", "--no-renames", "--relative", "-z", commit, "--");
  const untracked = await git("ls-files", "--others", "--exclude-standard", "-z", "--");
  return new Set([...changed, ...untracked]);
}
