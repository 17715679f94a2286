import { at, type Json, type JsonObject, stringAt } from "../core/json.ts";
import { type Bounds, boundsOf } from "../model/autoscaler.ts";
import { formatResource, resourceId } from "../model/resource.ts";
import { madeOf } from "../operator/operators.ts";
import type { Application } from "../render/application.ts";
import type { Sides } from "./pairs.ts";

/** Something that keeps pods, written or made by an operator, and how many. */
export interface Workload {
  kind: string;
  name: string;
  template: Json;
  /** What becomes of its pods when the template changes. */
  update: "all at once" | "by hand" | "one after another";
  /** What it says itself. */
  stated: number | undefined;
  /** Bounds of its autoscaler. */
  scaled: Pick<Bounds, "least" | "most"> | undefined;
}

/** A workload that is on both sides of an Application that differs. */
export interface WorkloadPair {
  was: Workload;
  is: Workload;
  cluster: string;
  application: string;
}

/** Pods that a workload keeps at least; undefined where every node has one. */
export function podsOf({ kind, stated, scaled }: Workload): number | undefined {
  return kind === "DaemonSet" ? undefined : (scaled?.least ?? stated ?? 1);
}

/** Workloads that stay, with what they were. */
export function workloadPairs({ before, after }: Sides): WorkloadPair[] {
  if (before === undefined || after === undefined) return [];
  const then = workloadsOf(before);
  return [...workloadsOf(after)].flatMap(([key, is]) => {
    const was = then.get(key);
    return was === undefined ? [] : [{ was, is, cluster: after.cluster, application: after.id }];
  });
}

/** Workloads of an Application that stay, by what they are called. */
function workloadsOf(application: Application): Map<string, Workload> {
  const standing = application.objects.filter(({ hooks }) => hooks.length === 0);
  const objects = standing.flatMap(({ object }) => [object, ...(madeOf(object) ?? [])]);
  const scaled = new Map(objects.flatMap(scaledBy));
  return new Map(
    objects
      .filter(({ kind }) => kind === "DaemonSet" || kind === "Deployment" || kind === "StatefulSet")
      .map((object) => [formatResource(resourceId(object)), workloadOf(object, scaled)]),
  );
}

function scaledBy(object: JsonObject): [string, Bounds][] {
  const bounds = boundsOf(object);
  const namespace = stringAt(object, "metadata", "namespace") ?? "";
  return bounds === undefined ? [] : [[[namespace, bounds.target.kind, bounds.target.name].join("/"), bounds]];
}

function workloadOf(object: JsonObject, scaled: ReadonlyMap<string, Bounds>): Workload {
  const { kind, name, namespace } = resourceId(object);
  const update = stringAt(object, "spec", kind === "Deployment" ? "strategy" : "updateStrategy", "type");
  return {
    kind,
    name,
    template: at(object, "spec", "template") ?? null,
    update: update === "Recreate" ? "all at once" : update === "OnDelete" ? "by hand" : "one after another",
    stated: numberAt(object, "spec", "replicas"),
    scaled: scaled.get([namespace, kind, name].join("/")),
  };
}

function numberAt(object: JsonObject, ...path: string[]): number | undefined {
  const found = at(object, ...path);
  return typeof found === "number" ? found : undefined;
}
