import path from "node:path";

import type { Change } from "../core/change.ts";
import { stringsAt } from "../core/json.ts";
import { editYaml } from "../yaml/emit.ts";
import type { Content } from "./content.ts";
import { heading } from "./modeline.ts";

/** A new kustomization.yaml out of paths from the root of the repository. */
export function kustomizationChange(
  file: string,
  { resources = [], components = [] }: { resources?: readonly string[]; components?: readonly string[] },
): Change {
  const folder = path.posix.dirname(file);
  const relative = (target: string) => {
    const found = path.posix.relative(folder, target);
    return found.startsWith(".") ? found : `./${found}`;
  };
  const list = (key: string, targets: readonly string[]) =>
    targets.length === 0 ? "" : `${key}:\n${targets.map((target) => `  - ${relative(target)}\n`).join("")}`;
  const body = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
  return {
    path: file,
    content: heading(file) + body + list("resources", resources) + list("components", components),
  };
}

/** Changes but for those that would only take encrypted files out of a list that is there already. */
export function withoutListings({ tree }: Content, changes: readonly Change[]): Change[] {
  const bare = (text: string) => text.replaceAll(/^ {2}- \.\/[a-z0-9-]+\.sops\.yaml\n/gm, "");
  return changes.filter(
    ({ path: file, content }) => !tree.has(file) || bare(tree.text(file)) !== content || tree.text(file) === content,
  );
}

/**
 * The kustomization of a folder once some files are in it, or gone from it: it deploys every encrypted file beside it.
 * That list is the one thing of a folder that is kept by commands.
 */
export function listingChange({ tree, sources }: Content, folder: string, changes: readonly Change[]): Change {
  const file = `${folder}/kustomization.yaml`;
  const after = new Set(tree.below(folder));
  for (const { path: changed, content } of changes) {
    if (content === null) after.delete(changed);
    else after.add(changed);
  }
  const encrypted = [...after]
    .filter((name) => path.posix.dirname(name) === folder && name.endsWith(".sops.yaml"))
    .map((name) => `./${path.posix.basename(name)}`);
  const others = stringsAt(sources.data(file), "resources").filter((entry) => !entry.endsWith(".sops.yaml"));
  const value = [
    ...others.filter((entry) => !entry.startsWith("./")),
    ...[...others.filter((entry) => entry.startsWith("./")), ...encrypted].toSorted(),
  ];
  const edit = { path: ["resources"], value: value.length === 0 ? undefined : value, before: ["components"] };
  return { path: file, content: editYaml(tree.text(file), [edit]) };
}
