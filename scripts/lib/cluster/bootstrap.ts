import { at, type JsonObject } from "../core/json.ts";
import type { Application } from "../render/fleet.ts";

/** One step of bringing up a cluster: what is applied, in order. */
export interface BootstrapStep {
  what: string;
  objects: JsonObject[];
}

/**
 * What has to be on a cluster before Argo CD can do the rest, in the order in which it has to come. All of it is in root
 * or in platform-namespaces as well, so that Argo CD owns it from then on.
 */
export function bootstrapSteps(applications: readonly Application[]): BootstrapStep[] {
  const objectsOf = (name: string) => applications.find((application) => application.name === name)?.objects ?? [];
  const root = objectsOf("root");
  const ofKinds = (...kinds: string[]) => root.filter(({ id }) => kinds.includes(id.kind)).map(({ object }) => object);
  const namespaces = objectsOf("platform-namespaces").filter(({ id }) => id.kind === "Namespace");
  const rootApplication = root.find(
    ({ id, object }) => id.kind === "Application" && at(object, "metadata", "name") === "root",
  );
  return [
    { what: "namespaces", objects: namespaces.map(({ object }) => object) },
    { what: "deployers and their rights", objects: ofKinds("ServiceAccount", "ClusterRole", "ClusterRoleBinding") },
    { what: "projects", objects: ofKinds("AppProject") },
    { what: "root", objects: rootApplication === undefined ? [] : [rootApplication.object] },
  ];
}
