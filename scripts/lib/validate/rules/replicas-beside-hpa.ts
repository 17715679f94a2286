import { at, stringAt } from "../../core/json.ts";
import { renderedObjects, standingObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const replicasBesideHpa: Rule = {
  id: "replicas-beside-hpa",
  severity: "error",
  holds: "A workload that a HorizontalPodAutoscaler scales states no replicas, and is there.",
  because: "Argo CD would set the number back at each sync, and the autoscaler change it again (D-56, FM-10).",
  *check(fleet) {
    const workloads = new Map<string, boolean>();
    const key = (cluster: string, namespace: string, kind: string, name: string) =>
      [cluster, namespace, kind, name].join("\0");
    for (const { id, cluster, object } of standingObjects(fleet, "Deployment", "StatefulSet")) {
      workloads.set(key(cluster, id.namespace, id.kind, id.name), at(object, "spec", "replicas") !== undefined);
    }
    for (const { id, cluster, at: where, object } of renderedObjects(fleet, "HorizontalPodAutoscaler")) {
      const kind = stringAt(object, "spec", "scaleTargetRef", "kind") ?? "";
      const name = stringAt(object, "spec", "scaleTargetRef", "name") ?? "";
      const states = workloads.get(key(cluster, id.namespace, kind, name));
      if (states === undefined) {
        yield { ...where, message: `scales ${kind} ${name}, which is not there`, fix: "correct scaleTargetRef" };
      } else if (states) {
        yield {
          ...where,
          message: `scales ${kind} ${name}, which states replicas`,
          fix: `remove replicas from ${kind} ${name}`,
        };
      }
    }
  },
};
