import type { Cache } from "../io/cache.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";

/** Raise it when the strict reading of YAML changes. */
const key = "c1ea0000000000000000000000000003";

/** Hashes of files that an earlier run found clean. */
export async function readClean(cache: Cache | undefined): Promise<ReadonlySet<string>> {
  return new Set((await cache?.read(key))?.split("\n") ?? []);
}

/** Keeps the hashes of this run's clean files, and only those: the list doesn't grow. */
export async function writeClean(cache: Cache | undefined, tree: Tree, sources: Sources): Promise<void> {
  if (cache === undefined) return;
  const yaml = tree.paths.filter((path) => /\.ya?ml$/.test(path) && sources.wasRead(path));
  const clean = new Set(yaml.filter((path) => sources.problems(path).length === 0).map((path) => tree.hash(path)));
  const text = [...clean].toSorted().join("\n");
  if ((await cache.read(key)) !== text) await cache.write(key, text);
}
