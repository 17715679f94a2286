import path from "node:path";

import type { Change } from "../core/change.ts";
import { canonical, isObject, listAt, stringsAt } from "../core/json.ts";
import { editYaml } from "../yaml/emit.ts";
import { parseYaml } from "../yaml/parse.ts";
import type { Content } from "./content.ts";
import { heading } from "./modeline.ts";

/** A new kustomization.yaml out of paths from the root of the repository. */
export function kustomizationChange(
  file: string,
  {
    resources = [],
    components = [],
    patches = [],
  }: { resources?: readonly string[]; components?: readonly string[]; patches?: readonly string[] },
): Change {
  const folder = path.posix.dirname(file);
  const relative = (target: string) => {
    const found = path.posix.relative(folder, target);
    return found.startsWith(".") ? found : `./${found}`;
  };
  const list = (key: string, targets: readonly string[], before = "") =>
    targets.length === 0 ? "" : `${key}:\n${targets.map((target) => `  - ${before}${relative(target)}\n`).join("")}`;
  const body = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
  return {
    path: file,
    content:
      heading(file) +
      body +
      list("resources", resources) +
      list("components", components) +
      list("patches", patches, "path: "),
  };
}

/** The components of a kustomization, by their paths from the root of the repository. */
export const componentsOf = (file: string, data: unknown) => fromRoot(file, stringsAt(data, "components"));
/** Its resources, likewise. */
export const resourcesOf = (file: string, data: unknown) => fromRoot(file, stringsAt(data, "resources"));

function fromRoot(file: string, targets: readonly string[]): string[] {
  return targets.map((target) => path.posix.join(path.posix.dirname(file), target));
}

/** Changes but for those that would only take encrypted files out of a list that is there already. */
export function withoutListings({ tree, sources }: Content, changes: readonly Change[]): Change[] {
  return changes.filter(({ path: file, content }) => {
    if (content === null || !tree.has(file) || path.posix.basename(file) !== "kustomization.yaml") return true;
    const [is, wanted] = [sources.data(file), parseYaml(new TextEncoder().encode(content))];
    const listed = stringsAt(is, "resources").filter((entry) => entry.endsWith(".sops.yaml"));
    if (listed.length === 0 || !isObject(is) || "problems" in wanted) return true;
    const others = listAt(is, "resources").filter((entry) => !listed.includes(entry as string));
    return canonical({ ...is, resources: others }) !== canonical(wanted.source.data);
  });
}

/** Entries of a list as commands keep it: what lies elsewhere as it stands, then what lies beside it, sorted. */
export function besideLast(entries: readonly string[]): string[] {
  const beside = entries.filter((entry) => entry.startsWith("./"));
  return [...entries.filter((entry) => !entry.startsWith("./")), ...beside.toSorted()];
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
  const value = besideLast([...others, ...encrypted]);
  const edit = { path: ["resources"], value: value.length === 0 ? undefined : value, before: ["components"] };
  return { path: file, content: editYaml(tree.text(file), [edit]) };
}
