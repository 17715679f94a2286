import { at } from "../../core/json.ts";
import { autoscalers } from "../../fleet/autoscalers.ts";
import { renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { autoscalerKinds } from "../../model/autoscaler.ts";
import type { Rule } from "../rule.ts";

export const replicasBesideHpa: Rule = {
  id: "replicas-beside-hpa",
  severity: "error",
  holds:
    "A workload that an autoscaler scales (a HorizontalPodAutoscaler, or KEDA by a ScaledObject) states no replicas, is there, and has no second one.",
  because:
    "Argo CD would set the number back at each sync, and the autoscaler change it again (D-56, FM-10); two of them undo each other.",
  *check(fleet) {
    const workloads = new Map<string, boolean>();
    const key = (cluster: string, namespace: string, kind: string, name: string) =>
      [cluster, namespace, kind, name].join("\0");
    for (const { id, cluster, object } of standingObjects(fleet, "Deployment", "StatefulSet")) {
      workloads.set(key(cluster, id.namespace, id.kind, id.name), at(object, "spec", "replicas") !== undefined);
    }
    const scaled = new Map<string, string>();
    for (const { deployed, target } of autoscalers(renderedObjects(fleet, ...autoscalerKinds))) {
      const { id, cluster, at: where } = deployed;
      const workload = `${target.kind} ${target.name}`;
      const own = key(cluster, id.namespace, target.kind, target.name);
      const states = workloads.get(own);
      const other = scaled.get(own);
      scaled.set(own, `${id.kind} ${id.name}`);
      if (states === undefined) {
        yield { ...where, message: `scales ${workload}, which is not there`, fix: "correct scaleTargetRef" };
      } else if (states) {
        yield {
          ...where,
          message: `scales ${workload}, which states replicas`,
          fix: `remove replicas from ${workload}`,
        };
      }
      if (other !== undefined)
        yield { ...where, message: `scales ${workload}, which ${other} scales as well`, fix: "remove one of the two" };
    }
  },
};
