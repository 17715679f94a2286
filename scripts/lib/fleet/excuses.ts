import type { Change } from "../core/change.ts";
import { at } from "../core/json.ts";
import { placesIn } from "../repo/address.ts";
import { documentFile } from "../repo/document-kinds.ts";
import { environmentFacts, exceptionsFile, externalFile } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";
import { editYaml } from "../yaml/emit.ts";
import { parseYaml } from "../yaml/parse.ts";

/** Files that make rules say less: exceptions, what is somebody else's, what an environment allows. */
function excuseFiles(tree: Tree): string[] {
  const environments = placesIn(tree, "environment").map(({ environment }) => environmentFacts(environment));
  return [exceptionsFile, externalFile, ...environments].filter((file) => tree.has(file));
}

/** The changes by which a tree is judged with the excuses of another, and with none of its own. */
export function excusesOf(trusted: Tree, judged: Tree): Change[] {
  const own = excuseFiles(judged).map((path): Change => ({ path, content: null }));
  const theirs = excuseFiles(trusted).map((path): Change => ({ path, content: trusted.text(path) }));
  return [
    ...new Map([...own, ...theirs, ...allowancesOf(trusted, judged)].map((change) => [change.path, change])).values(),
  ];
}

/** Of an addon only its allowances are excuses: which chart it is may be what a pull request is about. */
function allowancesOf(trusted: Tree, judged: Tree): Change[] {
  return placesIn(judged, "addonDefinition").flatMap(({ addon }): Change[] => {
    const path = documentFile("Addon", { addon });
    if (!judged.has(path) || (trusted.has(path) && trusted.hash(path) === judged.hash(path))) return [];
    const theirs = trusted.has(path) ? parseYaml(trusted.bytes(path)) : undefined;
    const value = theirs !== undefined && "source" in theirs ? at(theirs.source.data, "spec", "allowances") : undefined;
    // What can't be read excuses nothing, and has a finding of its own.
    if ("problems" in parseYaml(judged.bytes(path))) return [];
    return [{ path, content: editYaml(judged.text(path), [{ path: ["spec", "allowances"], value }]) }];
  });
}
