import type { Change } from "../core/change.ts";
import { isObject, type JsonObject, listAt, stringAt } from "../core/json.ts";
import { editYaml } from "../yaml/emit.ts";
import { pathOf } from "./address.ts";
import type { Content } from "./content.ts";
import { exceptionsFile } from "./layout.ts";

/** apps/exceptions.yaml without some entries; the file goes where none is left. */
export function withoutExceptions(
  { tree, sources }: Pick<Content, "sources" | "tree">,
  isGone: (entry: JsonObject) => boolean,
): Change[] {
  if (!tree.has(exceptionsFile)) return [];
  const entries = listAt(sources.data(exceptionsFile), "spec", "exceptions");
  const edits = entries
    .flatMap((entry, index) =>
      isObject(entry) && isGone(entry) ? [{ path: ["spec", "exceptions", index], value: undefined }] : [],
    )
    // From the end, so that places before stay what they are.
    .toReversed();
  if (edits.length === 0) return [];
  const content = edits.length === entries.length ? null : editYaml(tree.text(exceptionsFile), edits);
  return [{ path: exceptionsFile, content }];
}

/** Whether an exception is about one of some clusters and nothing else. */
export const isAboutCluster = (entry: JsonObject, clusters: readonly string[]): boolean =>
  clusters.some(
    (cluster) =>
      stringAt(entry, "file")?.startsWith(`${pathOf("cluster", { cluster })}/`) === true ||
      stringAt(entry, "application")?.startsWith(`${cluster}/`) === true,
  );
