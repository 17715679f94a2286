import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { resourceId } from "../model/resource.ts";
import { hooksOf } from "./hooks.ts";

/** Whether a kind lives in namespaces; undefined where the cluster does not know it. */
export type ScopeOf = (object: JsonObject) => "Namespaced" | "Cluster" | undefined;

/** An object as Argo CD applies it. */
export interface Deployed {
  object: JsonObject;
  /** Phases in which it runs as a hook; empty for what stays, Skip for what is never applied. */
  hooks: string[];
}

/**
 * What Argo CD makes of rendered manifests: items out of lists, the destination's namespace where a namespaced object
 * names none, no namespace of a cluster-wide object (Kustomize gives one to kinds that it does not know), and the tracking
 * annotation. (The annotation names the destination's namespace for cluster-wide objects
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
  const isGlobal = scopeOf(manifest) === "Cluster";
  const { namespace: named, ...others } = metadata;
  const own = isGlobal || typeof named !== "string" ? "" : named;
  const namespace = own === "" && !isGlobal ? destination : own;
  const annotations = { ...objectAt(metadata, "annotations") };
  const { group, kind, name } = resourceId(manifest);
  if (kind !== "CustomResourceDefinition") {
    const owner = stringAt(application, "metadata", "name") ?? "";
    annotations["argocd.argoproj.io/tracking-id"] = `${owner}:${group}/${kind}:${own || destination}/${name}`;
  }
  const object = {
    ...manifest,
    metadata: { ...others, ...(namespace === "" ? {} : { namespace }), annotations },
  };
  return [{ object, hooks: hooksOf(annotations) }];
}
