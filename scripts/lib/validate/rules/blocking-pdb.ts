import { at, objectAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { fleetObjects, podKey, type PodTemplate, podTemplates } from "../../fleet/objects.ts";
import { selects } from "../../model/selector.ts";
import type { Rule } from "../rule.ts";

export const blockingPdb: Rule = {
  id: "blocking-pdb",
  severity: "error",
  holds: "A PodDisruptionBudget always lets one pod go.",
  because: "A budget that lets none go stops every node drain, and with it upgrades of the cluster (D-14).",
  *check(fleet) {
    const templates = podTemplates(fleet);
    for (const { id, cluster, at: where, object } of fleetObjects(fleet, "PodDisruptionBudget")) {
      const spec = objectAt(object, "spec");
      const pods = templates.get(podKey(cluster, id.namespace)) ?? [];
      const least = Math.min(
        ...pods
          .filter(({ labels }) => selects(objectAt(spec, "selector"), labels))
          .map((pod) => leastReplicas(fleet, pod)),
      );
      const most = at(spec, "maxUnavailable");
      const kept = at(spec, "minAvailable");
      const blocks = most === 0 || most === "0%" || kept === "100%" || (typeof kept === "number" && kept >= least);
      if (blocks)
        yield { ...where, message: `lets no pod go (of ${least})`, fix: "set maxUnavailable: 1 and no minAvailable" };
    }
  },
};

/** How few pods there may be: the autoscaler's minimum, else the replicas. */
function leastReplicas({ applications }: Fleet, { deployed }: PodTemplate): number {
  const { application, id, object } = deployed;
  const own = applications.find(({ id: name }) => name === application.id)!.objects;
  const scaler = own.find(
    ({ id: other, object: hpa }) =>
      other.kind === "HorizontalPodAutoscaler" && at(hpa, "spec", "scaleTargetRef", "name") === id.name,
  );
  const least = scaler === undefined ? at(object, "spec", "replicas") : at(scaler.object, "spec", "minReplicas");
  return typeof least === "number" ? least : 1;
}
