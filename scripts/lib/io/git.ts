import { UsageError } from "../core/errors.ts";
import { run } from "./process.ts";

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
