import { UsageError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { fleetFolders, generatedFiles } from "../repo/layout.ts";
import { Tree } from "../repo/tree.ts";
import { isIgnored, watch } from "./files.ts";
import { gitIn, resolveCommit } from "./git.ts";

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
  const contents = await blobs(
    root,
    files.map(({ blob }) => blob),
  );
  return { commit, tree: new Tree(files.map(({ path }, index) => [path, contents[index]!])), findings };
}

/** Many objects in one process. */
async function blobs(root: string, names: readonly string[]): Promise<Uint8Array[]> {
  const child = Bun.spawn(["git", "-C", root, "cat-file", "--batch"], {
    stdin: new TextEncoder().encode(names.map((name) => `${name}\n`).join("")),
    stdout: "pipe",
    stderr: "ignore",
  });
  const bytes = new Uint8Array(await new Response(child.stdout).arrayBuffer());
  const found: Uint8Array[] = [];
  for (let at = 0; found.length < names.length;) {
    const end = bytes.indexOf(10, at);
    const size = Number(new TextDecoder().decode(bytes.subarray(at, end)).split(" ")[2]);
    if (end === -1 || !Number.isInteger(size))
      throw new UsageError("git cat-file gave no such object: is the clone whole?");
    found.push(bytes.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return found;
}
