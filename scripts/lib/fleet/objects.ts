import type { Finding } from "../core/finding.ts";
import { addTo } from "../core/group.ts";
import { type JsonObject, objectAt } from "../core/json.ts";
import { containers, type PodSpec, podSpecs } from "../model/pods.ts";
import { formatResource } from "../model/resource.ts";
import type { Application, FleetObject } from "../render/application.ts";
import type { Fleet } from "./fleet.ts";

/** An object of the fleet, and how a finding names it. */
export interface DeployedObject extends FleetObject {
  application: Application;
  cluster: string;
  at: Pick<Finding, "application" | "object" | "file">;
  /** Every description of pods in it. */
  pods: readonly PodSpec[];
}

/** Every object of the fleet; only of some kinds, if any are named. */
export function fleetObjects(fleet: Fleet, ...kinds: string[]): Iterable<DeployedObject> {
  const { all, byKind } = indexOf(fleet);
  return kinds.length === 0
    ? all
    : kinds.length === 1
      ? (byKind.get(kinds[0]!) ?? [])
      : all.filter(({ id }) => kinds.includes(id.kind));
}

/** Walked once a fleet: some forty rules look at the same objects. */
const indexes = new WeakMap<Fleet, { all: DeployedObject[]; byKind: Map<string, DeployedObject[]> }>();

function indexOf(fleet: Fleet) {
  let index = indexes.get(fleet);
  if (index === undefined) {
    const all = fleet.applications.flatMap((application) =>
      application.objects.map((object) => deployedObject(application, object)),
    );
    index = { all, byKind: Map.groupBy(all, ({ id }) => id.kind) };
    indexes.set(fleet, index);
  }
  return index;
}

function deployedObject(application: Application, object: FleetObject): DeployedObject {
  const file = object.file === undefined ? {} : { file: object.file };
  const at = { application: application.id, object: formatResource(object.id), ...file };
  return { ...object, application, cluster: application.cluster, at, pods: podSpecs(object.object) };
}

/** Every container of the fleet, with the pod it is in. */
export function* podContainers(
  fleet: Fleet,
): Iterable<{ deployed: DeployedObject; pod: JsonObject; container: JsonObject }> {
  for (const deployed of fleetObjects(fleet)) {
    for (const { spec } of deployed.pods) {
      for (const container of containers(spec)) yield { deployed, pod: spec, container };
    }
  }
}

/** Pods that a cluster will run, as templates: where, with which labels, of what. */
export interface PodTemplate {
  deployed: DeployedObject;
  namespace: string;
  labels: Record<string, string>;
  spec: JsonObject;
}

/** Pods by cluster and namespace. */
export function podTemplates(fleet: Fleet): Map<string, PodTemplate[]> {
  const found = new Map<string, PodTemplate[]>();
  for (const deployed of fleetObjects(fleet)) {
    for (const { path, spec } of deployed.pods) {
      const metadata = objectAt(deployed.object, ...path.slice(0, -1), "metadata");
      const { namespace } = deployed.id;
      const key = podKey(deployed.cluster, namespace);
      const template = { deployed, namespace, labels: objectAt(metadata, "labels") as Record<string, string>, spec };
      addTo(found, key, template);
    }
  }
  return found;
}

export function podKey(cluster: string, namespace: string): string {
  return `${cluster}/${namespace}`;
}
