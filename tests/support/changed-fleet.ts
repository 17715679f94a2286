/** The frozen fleet with changes, in memory: for tests that ask what validate says, some hundreds of times. */
import type { Change } from "../../scripts/lib/core/change.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { heading } from "../../scripts/lib/repo/modeline.ts";
import { sampleRepository, type TestFiles } from "./repository.ts";

/** Some clusters of the frozen fleet, read once a process: from then on only what changes is read. */
const read = new Map<string, Promise<Repository>>();

async function readSample(clusters: readonly string[]): Promise<Repository> {
  await using sample = await sampleRepository(clusters);
  return await Repository.read(sample.root, { env: process.env });
}

/** What some clusters of the frozen fleet are once somebody has changed files. */
export async function changedFleet(
  clusters: readonly string[],
  change: (files: TestFiles) => Promise<unknown>,
): Promise<Repository> {
  const key = clusters.join(" ");
  if (!read.has(key)) read.set(key, readSample(clusters));
  const before = await read.get(key)!;
  const after = await changed<Repository | undefined>(before, change);
  if (after !== undefined) return after;
  // A change is text; bytes that are none are read from a disk.
  await using sample = await sampleRepository(clusters);
  await change(sample);
  return await Repository.read(sample.root, { env: process.env });
}

/** A repository once somebody has changed files; undefined where what they wrote is no text. */
export async function changed<T extends Repository | undefined = Repository>(
  before: Repository,
  change: (files: TestFiles) => Promise<unknown>,
): Promise<T> {
  const changes = new Map<string, Change>();
  let isText = true;
  const files: TestFiles = {
    write(file, content) {
      if (typeof content === "string") changes.set(file, { path: file, content });
      else isText = false;
      return Promise.resolve();
    },
    values: (file, body) => files.write(file, heading(file) + body),
    manifest: (file, body) => files.write(file, heading(file) + body),
    read(file) {
      const changed = changes.get(file);
      if (changed?.content === null) throw new Error(`${file} was removed`);
      return Promise.resolve(changed?.content ?? before.tree.text(file));
    },
    remove(file) {
      const gone = before.tree.has(file) ? [file] : before.tree.below(file);
      const made = [...changes.keys()].filter((path) => path === file || path.startsWith(`${file}/`));
      if (gone.length + made.length === 0) throw new Error(`there is no ${file}`);
      for (const path of [...made, ...gone]) changes.set(path, { path, content: null });
      return Promise.resolve();
    },
    async edit(file, from, to) {
      const text = await files.read(file);
      const after = text.replace(from, to);
      if (after === text) throw new Error(`${file} does not hold ${String(from)}`);
      await files.write(file, after);
    },
  };
  await change(files);
  return (isText ? before.with([...changes.values()]) : undefined) as T;
}
