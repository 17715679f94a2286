import { type JsonObject, objectAt } from "../core/json.ts";
import { containers, podSpecs } from "../model/pods.ts";
import { formatResource } from "../model/resource.ts";
import type { Application, FleetObject } from "../render/fleet.ts";
import type { Fleet, RuleFinding } from "./rule.ts";

/** An object of the fleet, and how a finding names it. */
export interface Subject extends FleetObject {
  application: Application;
  cluster: string;
  at: Pick<RuleFinding, "application" | "object" | "file">;
}

/** Every object of the fleet; only of some kinds, if any are named. */
export function* subjects({ applications }: Fleet, ...kinds: string[]): Iterable<Subject> {
  for (const application of applications) {
    for (const object of application.objects) {
      if (kinds.length > 0 && !kinds.includes(object.id.kind)) continue;
      const file = object.file === undefined ? {} : { file: object.file };
      const at = { application: application.id, object: formatResource(object.id), ...file };
      yield { ...object, application, cluster: application.cluster, at };
    }
  }
}

/** Every container of the fleet, with the pod it is in. */
export function* podContainers(fleet: Fleet): Iterable<{ subject: Subject; pod: JsonObject; container: JsonObject }> {
  for (const subject of subjects(fleet)) {
    for (const { spec } of podSpecs(subject.object)) {
      for (const container of containers(spec)) yield { subject, pod: spec, container };
    }
  }
}

/** Pods that a cluster will run, as templates: where, with which labels, of what. */
export interface PodTemplate {
  subject: Subject;
  namespace: string;
  labels: Record<string, string>;
  spec: JsonObject;
}

/** Pods by cluster and namespace. */
export function podTemplates(fleet: Fleet): Map<string, PodTemplate[]> {
  const found = new Map<string, PodTemplate[]>();
  for (const subject of subjects(fleet)) {
    for (const { path, spec } of podSpecs(subject.object)) {
      const metadata = objectAt(subject.object, ...path.slice(0, -1), "metadata");
      const { namespace } = subject.id;
      const key = podKey(subject.cluster, namespace);
      const template = { subject, namespace, labels: objectAt(metadata, "labels") as Record<string, string>, spec };
      found.set(key, [...(found.get(key) ?? []), template]);
    }
  }
  return found;
}

export function podKey(cluster: string, namespace: string): string {
  return `${cluster}/${namespace}`;
}
