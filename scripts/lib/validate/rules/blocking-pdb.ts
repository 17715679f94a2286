import { at, type Json, objectAt } from "../../core/json.ts";
import { autoscalers } from "../../fleet/autoscalers.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type DeployedObject, podKey, type PodTemplate, podTemplates, renderedObjects } from "../../fleet/objects.ts";
import { autoscalerKinds } from "../../model/autoscaler.ts";
import { isEmptySelector } from "../../model/objects/selectors.ts";
import { selects } from "../../model/selector.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const blockingPdb: Rule = {
  id: "blocking-pdb",
  severity: "error",
  holds:
    "A PodDisruptionBudget always lets one pod go, percentages counted as Kubernetes does; it says which pods it is for, and no pod has two.",
  because:
    "A budget that lets none go stops every node drain, and with it upgrades of the cluster; two on one pod do the same (D-14).",
  *check(fleet) {
    const templates = podTemplates(fleet);
    const owners = new Map<PodTemplate, DeployedObject>();
    for (const budget of renderedObjects(fleet, "PodDisruptionBudget")) {
      const spec = objectAt(budget.object, "spec");
      if (isEmptySelector(at(spec, "selector"))) {
        const message =
          at(spec, "selector") === undefined
            ? "has no selector and protects no pod"
            : "selects every pod of its namespace";
        yield { ...budget.at, message, fix: "name labels of the pods of one workload" };
        continue;
      }
      const all = templates.get(podKey(budget.cluster, budget.id.namespace)) ?? [];
      const pods = all.filter(({ labels }) => selects(objectAt(spec, "selector"), labels));
      for (const pod of pods) {
        const other = owners.get(pod);
        if (other === undefined) owners.set(pod, budget);
        else yield second(budget, other, pod);
      }
      const least = pods.reduce((sum, pod) => sum + leastReplicas(fleet, pod), 0);
      if (least > 0 && mayGo(spec, least) <= 0)
        yield {
          ...budget.at,
          message: `lets no pod go (of ${least})`,
          fix: "set maxUnavailable: 1 and no minAvailable",
        };
    }
  },
};

function second(budget: DeployedObject, other: DeployedObject, { deployed }: PodTemplate): RuleFinding {
  const message = `is the second budget of the pods of ${deployed.id.kind} ${deployed.id.name}, beside ${other.id.name}: none of them can be evicted`;
  return { ...budget.at, message, fix: "remove one of the budgets, or correct its selector" };
}

/** How many of some pods a budget lets go at once: of both fields a percentage is rounded up. */
function mayGo(spec: Json, pods: number): number {
  const most = at(spec, "maxUnavailable");
  if (most !== undefined) return share(most, pods);
  const kept = at(spec, "minAvailable");
  return kept === undefined ? 1 : pods - share(kept, pods);
}

function share(value: Json, of: number): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? Number.parseInt(value, 10) : Number.NaN;
  return Number.isNaN(percent) ? 0 : Math.ceil((percent * of) / 100);
}

/** How few pods there may be: the autoscaler's minimum, else the replicas; none of what ends by itself. */
function leastReplicas(fleet: Fleet, { deployed }: PodTemplate): number {
  const { application, id, object } = deployed;
  if (id.kind === "Job" || id.kind === "CronJob") return 0;
  const scaler = autoscalers(renderedObjects(fleet, ...autoscalerKinds)).find(
    ({ deployed: own, target }) =>
      own.application === application &&
      own.id.namespace === id.namespace &&
      target.kind === id.kind &&
      target.name === id.name,
  );
  const least = scaler?.least ?? at(object, "spec", "replicas");
  return typeof least === "number" ? least : 1;
}
