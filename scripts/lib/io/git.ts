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
  /** Undefined where it is not read: `reason` says why. */
  bytes: Uint8Array | undefined;
  reason?: string;
  /** The commit that brought it; nothing for what is only staged. */
  commit?: string;
}

/** Larger ones are not read: nobody wrote them by hand. */
const largest = 16 * 1024 * 1024;
const rawOptions = ["--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=AMT", "--relative"];

/** What a commit made now would add or change. */
export async function stagedBlobs(root: string): Promise<Blob[]> {
  return read(root, rawEntries(await gitIn(root)("diff", "--cached", ...rawOptions)));
}

/** What each commit since a revision added or changed: also what a later one took away again. */
export async function blobsSince(root: string, revision: string): Promise<Blob[]> {
  const commit = await commitOf(gitIn(root), revision);
  const commits = (await gitIn(root)("rev-list", "--reverse", `${commit}..HEAD`)).join("");
  if (commits === "") return [];
  return read(
    root,
    rawEntries(await gitIn(root, commits)("diff-tree", "--stdin", "-r", "-m", "--root", ...rawOptions)),
  );
}

interface Entry {
  path: string;
  mode: string;
  object: string;
  commit?: string;
}

/** The raw format of git diff and diff-tree: the commit, then for each file what it was and is, and its path. */
function rawEntries(parts: readonly string[]): Entry[] {
  const found = new Map<string, Entry>();
  let commit: string | undefined;
  for (let at = 0; at < parts.length; at++) {
    const raw = /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]/.exec(parts[at]!);
    if (raw === null) {
      commit = parts[at]!.trim();
      continue;
    }
    const path = parts[++at]!;
    const entry = { path, mode: raw[1]!, object: raw[2]!, ...(commit === undefined ? {} : { commit }) };
    // The same bytes at the same place are one finding, of the commit that brought them first.
    const key = `${entry.object} ${path}`;
    if (!found.has(key)) found.set(key, entry);
  }
  return [...found.values()];
}

/** The bytes of entries; what is too large, or not in this repository, is named instead. */
async function read(root: string, entries: readonly Entry[]): Promise<Blob[]> {
  const named = entries.filter(({ mode }) => mode !== "160000");
  const sizes = await sizesOf(
    root,
    named.map(({ object }) => object),
  );
  const isRead = ({ object, mode }: Entry) => mode !== "160000" && sizes.get(object)! <= largest;
  const objects = [...new Set(entries.filter(isRead).map(({ object }) => object))];
  const contents = await readObjects(root, objects);
  const byObject = new Map(objects.map((object, index) => [object, contents[index]!]));
  return entries.map(({ path, mode, object, commit }) => ({
    path,
    bytes: byObject.get(object),
    ...(byObject.has(object)
      ? {}
      : { reason: mode === "160000" ? "a submodule" : `larger than ${largest / 1024 / 1024} MiB` }),
    ...(commit === undefined ? {} : { commit }),
  }));
}

async function sizesOf(root: string, objects: readonly string[]): Promise<Map<string, number>> {
  if (objects.length === 0) return new Map();
  const lines = (await gitIn(root, objects.join("\n"))("cat-file", "--batch-check=%(objectname) %(objectsize)")).join(
    "",
  );
  return new Map(
    lines
      .trimEnd()
      .split("\n")
      .map((line): [string, number] => [line.split(" ")[0]!, Number(line.split(" ")[1])]),
  );
}

type Git = (...args: string[]) => Promise<string[]>;

/** The commit that a revision names; an error that says what to do where there is none. */
export const resolveCommit = (root: string, revision: string) => commitOf(gitIn(root), revision);

/** How many commits HEAD has that a revision has not. */
export async function commitsSince(root: string, revision: string): Promise<number> {
  const git = gitIn(root);
  const [count] = await git("rev-list", "--count", `${await commitOf(git, revision)}..HEAD`);
  return Number(count);
}

/** Runs git in a folder, with some input; its output, split where there are zero bytes. */
export function gitIn(root: string, input?: string): Git {
  return async (...args) => {
    const result = await run(["git", "-C", root, ...args], input === undefined ? {} : { input });
    if (result.exitCode !== 0)
      throw new UsageError(`git ${args.slice(0, 4).join(" ")} failed: ${result.stderr.trim().split("\n")[0]}`);
    return result.stdout.split("\0").filter((part) => part !== "");
  };
}

/**
 * When the commit was made that changed each of some files last, as the clone has it; undefined for a file that is not
 * committed as it is. A UsageError in a shallow clone, which has no such commits.
 */
export async function changedAt(root: string, files: readonly string[]): Promise<(Date | undefined)[]> {
  const git = gitIn(root);
  if (await isShallow(git))
    throw new UsageError(
      "this clone is shallow, and how long something has run is in its history: git fetch --unshallow",
    );
  if (files.length === 0) return [];
  const changed = new Set((await git("status", "--porcelain", "-z", "--", ...files)).map((line) => line.slice(3)));
  return Promise.all(
    files.map(async (file) => {
      const [date] = changed.has(file) ? [] : await git("log", "-1", "--format=%cI", "--", file);
      return date === undefined ? undefined : new Date(date.trim());
    }),
  );
}

const isShallow = (git: Git): Promise<boolean> =>
  git("rev-parse", "--is-shallow-repository").then(
    ([answer]) => answer?.trim() === "true",
    () => false,
  );

/** Resolved first, so that nothing given as a revision can be read as an option. */
async function commitOf(git: Git, revision: string): Promise<string> {
  try {
    return (await git("rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`))[0]!.trim();
  } catch {
    const how = (await isShallow(git))
      ? "this clone is shallow, git fetch --unshallow brings the rest"
      : "git fetch it, or name another";
    throw new UsageError(`there is no commit ${JSON.stringify(revision)}: ${how}`);
  }
}

/** Many objects in one process. */
export async function readObjects(root: string, names: readonly string[]): Promise<Uint8Array[]> {
  if (names.length === 0) return [];
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
