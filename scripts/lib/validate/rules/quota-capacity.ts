import { objectAt } from "../../core/json.ts";
import { parseQuantity } from "../../model/quantity.ts";
import { demands } from "../demand.ts";
import { halfOf } from "../halves.ts";
import type { Rule } from "../rule.ts";
import { subjects } from "../subjects.ts";

const resources = { cpu: "requests.cpu", memory: "requests.memory", storage: "requests.storage" } as const;

export const quotaCapacity: Rule = {
  id: "quota-capacity",
  severity: "error",
  needs: "clusters",
  holds:
    "A cluster holds what its tenants were promised beside what it runs itself, each at its largest while it is replaced.",
  because: "A quota is a promise: two that are kept alone may not be kept together (FM-30, S-05).",
  *check(fleet) {
    const use = demands(fleet);
    const promised = Map.groupBy(subjects(fleet, "ResourceQuota"), ({ cluster }) => cluster);
    const isTenants = new Set(
      [...subjects(fleet, "Namespace")].flatMap(({ application, cluster, id }) =>
        halfOf(application)?.kind === "grant" ? [`${cluster}/${id.name}`] : [],
      ),
    );
    for (const [cluster, { file, document }] of fleet.documents.clusters) {
      if (!fleet.applications.some((application) => application.cluster === cluster)) continue;
      for (const [name, key] of Object.entries(resources)) {
        const quotas = (promised.get(cluster) ?? []).reduce(
          (sum, { object }) => sum + (parseQuantity(objectAt(object, "spec", "hard")[key]) ?? 0),
          0,
        );
        let own = 0;
        for (const [namespace, demand] of use)
          if (namespace.startsWith(`${cluster}/`) && !isTenants.has(namespace)) own += demand[key] ?? 0;
        const offered = parseQuantity(document.spec.capacity[name as keyof typeof resources]) ?? 0;
        if (quotas + own <= offered) continue;
        const amount = (value: number) =>
          name === "cpu" ? String(Math.ceil(value)) : `${Math.ceil(value / 2 ** 30)}Gi`;
        const message = `has ${amount(offered)} of ${name}; its tenants are promised ${amount(quotas)}, and it runs ${amount(own)} itself`;
        const place = fleet.sources.locate(file, ["spec", "capacity", name]);
        yield { file, ...place, message, fix: "add machines, or place a tenant elsewhere" };
      }
    }
  },
};
