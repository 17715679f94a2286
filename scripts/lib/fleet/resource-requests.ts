import { at, listAt, objectAt } from "../core/json.ts";
import { autoscalerKinds } from "../model/autoscaler.ts";
import { containers } from "../model/pods.ts";
import { parseQuantity } from "../model/quantity.ts";
import { autoscalers } from "./autoscalers.ts";
import type { Fleet } from "./fleet.ts";
import { appliedObjects, type DeployedObject } from "./objects.ts";

/** What pods take at most: amounts by the names of a ResourceQuota. */
export type ResourceRequests = Record<string, number>;

/**
 * What the workloads of each namespace (CLUSTER/NAMESPACE) take at their largest: as many replicas as their autoscaler
 * may make, and those that a rollout adds. Jobs and hooks count as well: they run beside.
 */
export function resourceRequests(fleet: Fleet): Map<string, ResourceRequests> {
  const found = new Map<string, ResourceRequests>();
  for (const { deployed, count } of largestCounts(fleet)) {
    const { cluster, id } = deployed;
    const key = `${cluster}/${id.namespace}`;
    const sum = found.get(key) ?? {};
    const add = (name: string, amount: number) => (sum[name] = (sum[name] ?? 0) + amount);
    add("pods", count);
    for (const container of containers(deployed.pods[0]!.spec)) {
      for (const kind of ["requests", "limits"] as const) {
        for (const [name, value] of Object.entries(objectAt(container, "resources", kind)))
          add(`${kind}.${name}`, count * (parseQuantity(value) ?? 0));
      }
    }
    for (const claim of listAt(deployed.object, "spec", "volumeClaimTemplates"))
      add("requests.storage", count * (parseQuantity(at(claim, "spec", "resources", "requests", "storage")) ?? 0));
    found.set(key, sum);
  }
  return found;
}

/** Everything that makes pods, and how many there may be at once: while it is replaced at its largest. */
export function largestCounts(fleet: Fleet): { deployed: DeployedObject; count: number }[] {
  const largest = new Map<string, number>();
  for (const { deployed, target, most } of autoscalers(appliedObjects(fleet, ...autoscalerKinds)))
    largest.set([deployed.cluster, deployed.id.namespace, target.kind, target.name].join("/"), most);
  return appliedObjects(fleet)
    .filter(({ pods }) => pods.length > 0)
    .map((deployed) => {
      const { cluster, id } = deployed;
      return { deployed, count: replicas(deployed, largest.get([cluster, id.namespace, id.kind, id.name].join("/"))) };
    });
}

function replicas({ id, object }: DeployedObject, autoscaled: number | undefined): number {
  const said = at(object, "spec", id.kind === "Job" ? "parallelism" : "replicas");
  const count = autoscaled ?? (typeof said === "number" ? said : 1);
  const surge = at(object, "spec", "strategy", "rollingUpdate", "maxSurge");
  if (typeof surge === "number") return count + surge;
  const percent = typeof surge === "string" && surge.endsWith("%") ? Number.parseInt(surge, 10) : 0;
  return count + Math.ceil((count * percent) / 100);
}
