import path from "node:path";

import { stringAt } from "../core/json.ts";
import type { ResourceId } from "../model/resource.ts";
import { pathOf, within } from "../repo/address.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import type { Application } from "./application.ts";
import type { Manifest } from "./manifests.ts";

/** Files by what they define, read once: shared by every Application that reads them. */
const definitions = new WeakMap<Sources, Map<string, string>>();

/**
 * Finds the file an object was written in: the template for Helm, which says so; for Kustomize the manifest among the
 * reads that defines an object of that kind and name. Unknown where neither is there, as for generated objects.
 */
export function originFinder(application: Application, tree: Tree, sources: Sources) {
  const { request, reads } = application;
  const addon = addonOf(application);
  if (addon !== undefined) {
    // Nobody edits an archive: what a person would change is what we say of it.
    const file = pathOf("addonDefinition", { addon }, request?.tool === "helm" ? "values.yaml" : "addon.yaml");
    return () => file;
  }
  if (request?.tool === "helm") {
    // Helm says CHART/templates/FILE, where CHART is the chart's name and not its folder.
    return ({ template }: Manifest) => {
      const file = template === undefined ? undefined : `${request.chart}/${template.split("/").slice(1).join("/")}`;
      return file !== undefined && tree.has(file) ? file : undefined;
    };
  }
  const byName = Map.groupBy(reads, (file) => defines(file, sources));
  return (_manifest: Manifest, id: ResourceId): string | undefined => {
    const tenant = byName.has(nameKey(id.kind, id.name)) ? undefined : tenantOf(application);
    const name = tenant === undefined ? id.name : id.name.replace(tenant, "TENANT");
    const files = byName.get(nameKey(id.kind, name)) ?? [];
    // Several namespaces may have one of that name: the folder's kustomization says whose it is.
    const isThere = (file: string) =>
      stringAt(sources.data(`${path.posix.dirname(file)}/kustomization.yaml`), "namespace") === id.namespace;
    const beside =
      files.length > 1 ? files.filter((file) => tree.has(`${path.posix.dirname(file)}/kustomization.yaml`)) : [];
    return beside.find(isThere) ?? files.at(-1);
  };
}

/** The addon whose chart or definitions an Application deploys. */
export function addonOf({ folder }: Pick<Application, "folder">): string | undefined {
  return folder === undefined ? undefined : within("addon", `${folder}/`)?.addon;
}

/** Components of a grant name their objects tenant-TENANT; the facts fill the name in. */
function tenantOf({ folder }: Application): string | undefined {
  return folder === undefined ? undefined : within("grant", `${folder}/`)?.tenant;
}

function defines(file: string, sources: Sources): string {
  let known = definitions.get(sources);
  if (known === undefined) definitions.set(sources, (known = new Map()));
  let key = known.get(file);
  if (key === undefined) {
    const data = /\.ya?ml$/.test(file) ? sources.data(file) : undefined;
    key = nameKey(stringAt(data, "kind") ?? "", stringAt(data, "metadata", "name") ?? file);
    known.set(file, key);
  }
  return key;
}

/** Groups, versions and namespaces are left out: a kustomization may set the namespace, and a name is enough to find it. */
function nameKey(kind: string, name: string): string {
  return `${kind} ${name}`;
}
