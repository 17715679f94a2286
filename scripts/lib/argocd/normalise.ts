import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { resourceId } from "../model/resource.ts";

/** Whether a kind lives in namespaces; undefined where the cluster does not know it. */
export type ScopeOf = (object: JsonObject) => "Namespaced" | "Cluster" | undefined;

/** An object as Argo CD applies it. */
export interface Deployed {
  object: JsonObject;
  /** Phases in which it runs as a hook; empty for what stays. */
  hooks: string[];
}

/**
 * What Argo CD makes of rendered manifests: items out of lists, the destination's namespace where a namespaced object
 * names none, and the tracking annotation. (The annotation names the destination's namespace for cluster-wide objects
 * as well, and CustomResourceDefinitions get none: read in the source of Argo CD 3.5.)
 */
export function normalise(manifest: JsonObject, application: JsonObject, scopeOf: ScopeOf): Deployed[] {
  if (stringAt(manifest, "kind")?.endsWith("List") === true && Array.isArray(manifest["items"])) {
    return listAt(manifest, "items")
      .filter(isObject)
      .flatMap((item) => normalise(item, application, scopeOf));
  }
  const destination = stringAt(application, "spec", "destination", "namespace") ?? "";
  const metadata = objectAt(manifest, "metadata");
  const own = stringAt(metadata, "namespace") ?? "";
  const namespace = own === "" && scopeOf(manifest) !== "Cluster" ? destination : own;
  const annotations = { ...objectAt(metadata, "annotations") };
  const { group, kind, name } = resourceId(manifest);
  if (kind !== "CustomResourceDefinition") {
    const owner = stringAt(application, "metadata", "name") ?? "";
    annotations["argocd.argoproj.io/tracking-id"] = `${owner}:${group}/${kind}:${own || destination}/${name}`;
  }
  const object = {
    ...manifest,
    metadata: { ...metadata, ...(namespace === "" ? {} : { namespace }), annotations },
  };
  return [{ object, hooks: hooksOf(annotations) }];
}

const helmHooks: Record<string, string> = {
  "crd-install": "PreSync",
  "pre-install": "PreSync",
  "pre-upgrade": "PreSync",
  "post-install": "PostSync",
  "post-upgrade": "PostSync",
  "post-delete": "PostDelete",
};

/** Phases of Argo CD's hooks, and of Helm's as Argo CD maps them. What it maps to nothing (tests) it skips. */
function hooksOf(annotations: JsonObject): string[] {
  const own = stringAt(annotations, "argocd.argoproj.io/hook");
  const helm = stringAt(annotations, "helm.sh/hook");
  const names = (text: string) => text.split(",").map((name) => name.trim());
  if (own !== undefined) return names(own).toSorted();
  if (helm !== undefined) return [...new Set(names(helm).map((name) => helmHooks[name] ?? "Skip"))].toSorted();
  return [];
}
