import { isSkipped } from "../argocd/hooks.ts";
import type { Finding } from "../core/finding.ts";
import { addTo } from "../core/group.ts";
import { type JsonObject, objectAt } from "../core/json.ts";
import { withoutNulls } from "../model/nulls.ts";
import { containers, type PodSpec, podSpecs } from "../model/pods.ts";
import { formatResource, resourceId } from "../model/resource.ts";
import { madeOf } from "../operator/operators.ts";
import type { Application, FleetObject } from "../render/application.ts";
import type { Fleet } from "./fleet.ts";

/** An object of the fleet, and how a finding names it. */
export interface DeployedObject extends FleetObject {
  application: Application;
  cluster: string;
  at: Pick<Finding, "application" | "object" | "file">;
  /** Every description of pods in it. */
  pods: readonly PodSpec[];
  /** An operator makes it of an object that is rendered. */
  isMade?: true;
}

/**
 * Every object that the manifests hold, hooks among them: what a rule forbids, it forbids there. Only of some kinds, if
 * any are named.
 */
export function renderedObjects(fleet: Fleet, ...kinds: string[]): readonly DeployedObject[] {
  return ofKinds(indexOf(fleet).rendered, kinds);
}

/**
 * Every object that is in the cluster between two syncs: what a rule relies on has to be one of these. A hook is not; it
 * comes with a phase of a sync and goes, or never comes at all. What operators make is among them, where that is known.
 */
export function standingObjects(fleet: Fleet, ...kinds: string[]): readonly DeployedObject[] {
  return ofKinds(indexOf(fleet).standing, kinds);
}

/**
 * Every object that is in the cluster at some time: what stays, hooks of the phases that Argo CD has, and what operators
 * make of both.
 */
export function appliedObjects(fleet: Fleet, ...kinds: string[]): readonly DeployedObject[] {
  return ofKinds(indexOf(fleet).applied, kinds);
}

/** Every object that may need others: what manifests hold, and what operators make of it. */
export function referringObjects(fleet: Fleet): readonly DeployedObject[] {
  return ofKinds(indexOf(fleet).referring, []);
}

interface Objects {
  all: readonly DeployedObject[];
  byKind: ReadonlyMap<string, readonly DeployedObject[]>;
}

function ofKinds({ all, byKind }: Objects, kinds: readonly string[]): readonly DeployedObject[] {
  if (kinds.length === 0) return all;
  return kinds.length === 1 ? (byKind.get(kinds[0]!) ?? []) : all.filter(({ id }) => kinds.includes(id.kind));
}

/** Walked once a fleet: some forty rules look at the same objects. */
const indexes = new WeakMap<Fleet, Record<"rendered" | "standing" | "applied" | "referring", Objects>>();

function indexOf(fleet: Fleet) {
  let index = indexes.get(fleet);
  if (index === undefined) {
    const all = fleet.applications.flatMap((application) =>
      application.objects.map((object) => deployedObject(application, object)),
    );
    const of = (own: readonly DeployedObject[]): Objects => ({
      all: own,
      byKind: Map.groupBy(own, ({ id }) => id.kind),
    });
    const there = all.flatMap(withMade);
    index = {
      rendered: of(all),
      standing: of(there.filter(({ hooks }) => hooks.length === 0)),
      applied: of(there.filter(({ hooks }) => !isSkipped(hooks))),
      referring: of([...all, ...there.filter(({ isMade }) => isMade === true)]),
    };
    indexes.set(fleet, index);
  }
  return index;
}

function deployedObject(application: Application, object: FleetObject): DeployedObject {
  const file = object.file === undefined ? {} : { file: object.file };
  // An API server drops a field that is null: to every rule it is not there.
  const own = withoutNulls(object.object);
  const at = { application: application.id, object: formatResource(object.id), ...file };
  return { ...object, object: own, application, cluster: application.cluster, at, pods: podSpecs(own) };
}

/**
 * An object, and what an operator makes of it: findings name the resource, since nobody can edit the rest. Pods that a
 * resource describes are then those that are made of it.
 */
function withMade(deployed: DeployedObject): DeployedObject[] {
  const made = madeOf(deployed.object);
  if (made === undefined || made.length === 0) return [deployed];
  return [
    { ...deployed, pods: [] },
    ...made.map((object): DeployedObject => ({
      ...deployed,
      id: resourceId(object),
      object,
      pods: podSpecs(object),
      isMade: true,
    })),
  ];
}

/** Every container that the manifests hold, with the pod it is in. */
export function* podContainers(
  fleet: Fleet,
): Iterable<{ deployed: DeployedObject; pod: JsonObject; container: JsonObject }> {
  for (const deployed of renderedObjects(fleet)) {
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

const templates = new WeakMap<Fleet, ReadonlyMap<string, readonly PodTemplate[]>>();

/** Pods by cluster and namespace, those of hooks among them. */
export function podTemplates(fleet: Fleet): ReadonlyMap<string, readonly PodTemplate[]> {
  const known = templates.get(fleet);
  if (known !== undefined) return known;
  const found = new Map<string, PodTemplate[]>();
  templates.set(fleet, found);
  for (const deployed of appliedObjects(fleet)) {
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
