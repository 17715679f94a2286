import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { LayoutError } from "../bundle/layout.ts";
import { ToolError, UsageError } from "../core/errors.ts";
import { pathOf } from "../repo/address.ts";
import { mainBranch } from "./commit.ts";
import { temporaryFolder } from "./files.ts";
import { gitIn, readObjects, resolveCommit } from "./git.ts";
import { definedOf, run } from "./process.ts";
import { loopback } from "./registry-client.ts";

/** A file as git keeps it. */
export interface GitFile {
  mode: "100644" | "100755";
  bytes: Uint8Array;
}

/** A repository that belongs to one run: one branch, with one commit that has no parent. */
export interface PartGit {
  folder: string;
  commit: string;
  tree: string;
  remove: () => Promise<void>;
}

const author = "Murima2025 GitOps <support@murima2025.com>";
/** What of a commit is no part of the fleet and goes with each: the commands, and what they need. */
export const codeFolders = ["engine", "lab", "schemas", "scripts", "tools", "web"];
const codeFiles = [
  ".editorconfig",
  ".gitattributes",
  ".gitignore",
  "LICENSE",
  "bun.lock",
  "bunfig.toml",
  "package.json",
  "tsconfig.json",
];

/** When a revision was committed, in seconds, and which commit it is. */
export async function commitAt(root: string, revision: string): Promise<{ commit: string; seconds: number }> {
  const commit = await resolveCommit(root, revision);
  const [seconds] = await gitIn(root)("show", "--no-patch", "--format=%ct", commit);
  return { commit, seconds: Number(seconds) };
}

/** The commands as a commit has them, without what tests them. */
export async function codeAt(root: string, commit: string): Promise<Map<string, GitFile>> {
  const lines = await gitIn(root)("ls-tree", "-r", "-z", commit, "--", ...codeFolders, ...codeFiles);
  const entries = lines
    .map((line) => /^(100644|100755) blob ([0-9a-f]+)\t(.*)$/s.exec(line))
    .filter((entry) => entry !== null && !entry[3]!.endsWith(".test.ts"));
  const contents = await readObjects(
    root,
    entries.map((entry) => entry![2]!),
  );
  return new Map(
    entries.map((entry, index) => [entry![3]!, { mode: entry![1] as GitFile["mode"], bytes: contents[index]! }]),
  );
}

/** Makes the commit of a part. It says nothing but the files, the revision and its time: the same ones make the same commit. */
export async function commitPart(
  files: ReadonlyMap<string, GitFile>,
  { commit, seconds }: { commit: string; seconds: number },
): Promise<PartGit> {
  const temporary = await temporaryFolder("part");
  const folder = path.join(temporary.path, "part.git");
  try {
    await git(undefined, ["init", "--quiet", "--bare", `--initial-branch=${mainBranch}`, folder]);
    const message = messageOf(commit);
    const data = (bytes: Uint8Array) => [`data ${bytes.length}\n`, bytes, "\n"];
    const time = `${seconds} +0000`;
    const stream = [
      `commit refs/heads/${mainBranch}\nauthor ${author} ${time}\ncommitter ${author} ${time}\n`,
      ...data(new TextEncoder().encode(message)),
      ...[...files]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([file, { mode, bytes }]) => [`M ${mode} inline ${quoted(file)}\n`, ...data(bytes)]),
      "done\n",
    ];
    const child = Bun.spawn(["git", "-C", folder, "fast-import", "--quiet", "--done"], {
      stdin: Buffer.concat(stream.map((part) => (typeof part === "string" ? Buffer.from(part) : part))),
      stdout: "ignore",
      stderr: "pipe",
      env: quiet(),
    });
    const said = await child.stderr.text();
    if ((await child.exited) !== 0) throw new ToolError(`git fast-import failed: ${said.trim().split("\n")[0]}`);
    return { folder, ...(await headOf(folder)), remove: temporary.remove };
  } catch (error) {
    await temporary.remove();
    throw error;
  }
}

/** As git quotes a path that holds more than letters. */
const quoted = (file: string) => JSON.stringify(file);
const messageOf = (commit: string) => `The fleet's part as of ${commit}\n`;

/** Writes a part as a file that git clones and fetches from. */
export async function writeGitBundle(part: PartGit, file: string): Promise<void> {
  // One thread: several would choose among deltas by who is first.
  await git(part.folder, ["-c", "pack.threads=1", "bundle", "create", "--quiet", file, mainBranch]);
}

/** Reads such a file; refused where it is not the commit that it is said to be, or holds anything but plain files. */
export async function readGitBundle(
  file: string,
  { git: said, clusters }: { git: { commit: string; tree: string }; clusters: readonly string[] },
): Promise<PartGit> {
  const temporary = await temporaryFolder("part");
  const folder = path.join(temporary.path, "part.git");
  try {
    await git(undefined, ["init", "--quiet", "--bare", `--initial-branch=${mainBranch}`, folder]);
    await git(folder, [
      "-c",
      "transfer.fsckObjects=true",
      "fetch",
      "--quiet",
      "--no-tags",
      file,
      `refs/heads/${mainBranch}:refs/heads/${mainBranch}`,
    ]);
    const found = await headOf(folder);
    if (found.commit !== said.commit || found.tree !== said.tree)
      throw new LayoutError(`holds the Git commit ${found.commit}, and says ${said.commit}`);
    const other = (await gitIn(folder)("ls-tree", "-r", "-z", mainBranch)).find(
      (line) => !/^100(644|755) blob/.test(line),
    );
    if (other !== undefined) throw new LayoutError(`holds ${other.split("\t")[1]} in its Git, which is no plain file`);
    const own = await clustersIn(folder, found.commit);
    if (own.join() !== clusters.toSorted().join())
      throw new LayoutError(`holds the Git of ${own.join(", ")}, and says ${clusters.join(", ")}`);
    return { folder, ...found, remove: temporary.remove };
  } catch (error) {
    await temporary.remove();
    throw error;
  }
}

async function headOf(folder: string): Promise<{ commit: string; tree: string }> {
  const [out] = await gitIn(folder)("show", "--no-patch", "--format=%H %T", mainBranch);
  const [commit, tree] = out!.trim().split(" ");
  return { commit: commit!, tree: tree! };
}

/** Clusters of a commit, by its folders alone. */
export async function clustersIn(folder: string, commit: string): Promise<string[]> {
  const place = `${path.posix.dirname(pathOf("clusterBase", {}))}/`;
  const lines = await gitIn(folder)("ls-tree", "-z", "-d", "--name-only", commit, "--", place);
  return lines.map((line) => line.slice(place.length)).filter((name) => !["base", "components"].includes(name));
}

/**
 * Brings a part to the branch of a customer's repository, on top of what is there: a folder, which is made where there is none, or
 * an address to push to. What is there has to be of the same clusters. Returns the commit, and whether it is a new one.
 */
export async function advance(
  part: PartGit,
  target: { folder: string } | { url: string },
  env: Record<string, string | undefined>,
): Promise<{ commit: string; isNew: boolean }> {
  return "folder" in target ? advanceFolder(part, target.folder) : advanceRemote(part, target.url, env);
}

/** Refuses a folder that a part could not be written to: before any work is done for it. */
export async function expectFolder(folder: string): Promise<void> {
  if (isEmpty(folder)) return;
  if (!existsSync(path.join(folder, ".git")))
    throw new UsageError(
      `${folder} holds files and is no repository: name an empty folder, or one that was written before`,
    );
  if ((await gitIn(folder)("status", "--porcelain")).length > 0)
    throw new UsageError(`${folder} holds changes that are not committed: commit them elsewhere, or take them back`);
  const [branch] = await gitIn(folder)("symbolic-ref", "--short", "HEAD");
  if (branch?.trim() !== mainBranch)
    throw new UsageError(`${folder} is not on its branch ${mainBranch}: git switch ${mainBranch}`);
}

const isEmpty = (folder: string) => !existsSync(folder) || readdirSync(folder).length === 0;

async function advanceFolder(part: PartGit, folder: string): Promise<{ commit: string; isNew: boolean }> {
  await expectFolder(folder);
  if (isEmpty(folder)) await git(undefined, ["init", "--quiet", `--initial-branch=${mainBranch}`, folder]);
  const head = (await git(folder, ["rev-parse", "--verify", "--quiet", "HEAD"], [0, 1])).trim();
  await git(folder, ["fetch", "--quiet", "--no-tags", part.folder, mainBranch]);
  const next = await nextCommit(folder, part, head);
  await git(folder, ["reset", "--quiet", "--hard", next]);
  return { commit: next, isNew: next !== head };
}

async function advanceRemote(
  part: PartGit,
  url: string,
  env: Record<string, string | undefined>,
): Promise<{ commit: string; isNew: boolean }> {
  const known = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe =
    known === undefined
      ? /^[\w.-]+@[\w.-]+:[\w./~-]+$/.test(url)
      : ["https:", "ssh:"].includes(known.protocol) || (known.protocol === "http:" && loopback.test(known.host));
  if (!isSafe) throw new UsageError(`${url} is no address to push to: https://..., ssh://... or USER@HOST:PATH`);
  const own = definedOf(env);
  const listed = await git(part.folder, ["ls-remote", "--heads", url, `refs/heads/${mainBranch}`], [0], own);
  const head = listed.split("\t")[0]!.trim();
  if (head !== "") await git(part.folder, ["fetch", "--quiet", "--no-tags", url, head], [0], own);
  const next = await nextCommit(part.folder, part, head);
  if (next !== head) await git(part.folder, ["push", "--quiet", url, `${next}:refs/heads/${mainBranch}`], [0], own);
  return { commit: next, isNew: next !== head };
}

/** The part's own commit where nothing is there yet; else its tree on top of what is. */
async function nextCommit(folder: string, { commit, tree }: PartGit, head: string): Promise<string> {
  if (head === "") return commit;
  const [there, brought] = [await clustersIn(folder, head), await clustersIn(folder, commit)];
  if (there.join() !== brought.join())
    throw new UsageError(
      `this is of ${brought.join(", ")}, and the repository there of ${there.join(", ") || "no cluster"}: nothing is written`,
    );
  const [own] = await gitIn(folder)("show", "--no-patch", "--format=%T", head);
  if (own!.trim() === tree) return head;
  const [said] = await gitIn(folder)("show", "--no-patch", "--format=%ct %B", commit);
  const [, seconds, message] = /^(\d+) (.*)$/s.exec(said!)!;
  const [name, email] = [author.split(" <")[0]!, author.slice(author.indexOf("<") + 1, -1)];
  const who = (role: string) => ({
    [`GIT_${role}_NAME`]: name,
    [`GIT_${role}_EMAIL`]: email,
    [`GIT_${role}_DATE`]: `${seconds} +0000`,
  });
  const args = ["commit-tree", tree, "-p", head, "-m", message!.trim()];
  return (await git(folder, args, [0], { ...quiet(), ...who("AUTHOR"), ...who("COMMITTER") })).trim();
}

const quiet = () => ({ ...definedOf(process.env), GIT_TERMINAL_PROMPT: "0" });

async function git(
  folder: string | undefined,
  args: readonly string[],
  expected: readonly number[] = [0],
  env: Record<string, string> = quiet(),
): Promise<string> {
  const at = folder === undefined ? [] : ["-C", folder];
  const { exitCode, stdout, stderr } = await run(["git", ...at, ...args] as [string, ...string[]], {
    env: { ...env, GIT_TERMINAL_PROMPT: "0" },
  });
  if (!expected.includes(exitCode)) throw new ToolError(`git ${args[0]} failed: ${stderr.trim().split("\n")[0]}`);
  return stdout;
}
