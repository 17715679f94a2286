import type { Change } from "../core/change.ts";
import { placesIn } from "../repo/address.ts";
import { environmentFacts, exceptionsFile, externalFile } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";

/** Files that make rules say less: exceptions, what is somebody else's, what an environment allows. */
function excuseFiles(tree: Tree): string[] {
  const environments = placesIn(tree, "environment").map(({ environment }) => environmentFacts(environment));
  return [exceptionsFile, externalFile, ...environments].filter((file) => tree.has(file));
}

/** The changes by which a tree is judged with the excuses of another, and with none of its own. */
export function excusesOf(trusted: Tree, judged: Tree): Change[] {
  const own = excuseFiles(judged).map((path): Change => ({ path, content: null }));
  const theirs = excuseFiles(trusted).map((path): Change => ({ path, content: trusted.text(path) }));
  return [...new Map([...own, ...theirs].map((change) => [change.path, change])).values()];
}
