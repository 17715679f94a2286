import type { Change } from "../core/change.ts";
import type { Tree } from "./tree.ts";

/** Changes that change something. */
export function realChanges(tree: Tree, changes: readonly Change[]): Change[] {
  return changes.filter(({ path, content }) => (tree.has(path) ? tree.text(path) : null) !== content);
}
