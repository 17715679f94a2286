import type { Finding } from "../core/finding.ts";
import { fleetFolders, generatedFiles } from "../repo/layout.ts";
import { Tree } from "../repo/tree.ts";
import { isIgnored, watch } from "./files.ts";
import { gitIn, readObjects, resolveCommit } from "./git.ts";

/** The fleet as it is in a commit, out of git's objects: no working folder is touched. */
export async function treeAt(
  root: string,
  revision: string,
): Promise<{ commit: string; tree: Tree; findings: Finding[] }> {
  watch.read(root);
  const git = gitIn(root);
  const commit = await resolveCommit(root, revision);
  const entries = (await git("ls-tree", "-r", "-z", commit, "--", ...fleetFolders, ...generatedFiles))
    .map((line) => /^(\d+) \S+ ([0-9a-f]+)\t(.*)$/s.exec(line)!)
    .map(([, mode, blob, path]) => ({ mode: mode!, blob: blob!, path: path! }))
    .filter(({ path }) => !isIgnored(path.slice(path.lastIndexOf("/") + 1)));
  const findings: Finding[] = entries
    .filter(({ mode }) => !mode.startsWith("100"))
    .map(({ path }) => ({
      rule: "symlink",
      severity: "error",
      file: path,
      message: `is not a regular file in ${commit.slice(0, 12)}`,
      fix: "replace it by a copy",
    }));
  const files = entries.filter(({ mode }) => mode.startsWith("100"));
  const contents = await readObjects(
    root,
    files.map(({ blob }) => blob),
  );
  return { commit, tree: new Tree(files.map(({ path }, index) => [path, contents[index]!])), findings };
}
