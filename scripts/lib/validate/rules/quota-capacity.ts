import { addTo } from "../../core/group.ts";
import { type JsonObject, type JsonPath, objectAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { tenantPartOf } from "../../fleet/ownership.ts";
import { placementsOf } from "../../fleet/placements.ts";
import { resourceRequests } from "../../fleet/resource-requests.ts";
import { parseQuantity } from "../../model/quantity.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

const resources = { cpu: "requests.cpu", memory: "requests.memory", storage: "requests.storage" } as const;

/**
 * What each cluster has promised its tenants: quotas as rendered, and where a grant is not rendered in this run, what its
 * plan says. A tenant of shared services is promised nothing: its pods are theirs.
 */
function promises(fleet: Fleet): Map<string, JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  const add = (cluster: string, hard: JsonObject) => addTo(found, cluster, hard);
  const rendered = new Set<string>();
  for (const { application, cluster, object } of standingObjects(fleet, "ResourceQuota")) {
    rendered.add(`${cluster}/${tenantPartOf(application)?.tenant}`);
    add(cluster, objectAt(object, "spec", "hard"));
  }
  for (const { tenant, cluster, grant } of placementsOf(fleet)) {
    const spec = fleet.documents.tenants.get(tenant)?.document.spec;
    if (!grant || rendered.has(`${cluster}/${tenant}`) || spec?.isolation !== "dedicated") continue;
    const file = pathOf("plan", { plan: spec.plan }, "resourcequota.yaml");
    if (fleet.tree.has(file)) add(cluster, objectAt(fleet.sources.data(file), "spec", "hard"));
  }
  return found;
}

export const quotaCapacity: Rule = {
  id: "quota-capacity",
  severity: "error",
  needs: "clusters",
  holds:
    "A cluster holds what its tenants were promised beside what it runs itself, each at its largest while it is replaced; where its environment promises recovery, CPU and memory also while one of capacity.failureDomains is away.",
  because:
    "A quota is a promise: two that are kept alone may not be kept together (FM-30, S-05). Pods of a lost zone wait for ever where the others are full.",
  *check(fleet) {
    const use = resourceRequests(fleet);
    const promised = promises(fleet);
    const isTenants = new Set(
      [...renderedObjects(fleet, "Namespace")].flatMap(({ application, cluster, id }) =>
        tenantPartOf(application)?.kind === "grant" ? [`${cluster}/${id.name}`] : [],
      ),
    );
    for (const [cluster, { file, document }] of fleet.documents.clusters) {
      const { capacity, environment } = document.spec;
      const place = (...path: JsonPath) => ({ file, ...fleet.sources.locate(file, ["spec", "capacity", ...path]) });
      const isPromised = fleet.documents.environments.get(environment)?.document.spec.recovery !== undefined;
      if (isPromised && capacity.failureDomains === undefined)
        yield {
          ...place(),
          message: `does not say over how many failure domains its nodes are spread, and ${environment} promises recovery`,
          fix: "add failureDomains: the zones of the provider, or the machines",
        };
      for (const [name, key] of Object.entries(resources)) {
        const quotas = (promised.get(cluster) ?? []).reduce((sum, hard) => sum + (parseQuantity(hard[key]) ?? 0), 0);
        let own = 0;
        for (const [namespace, demand] of use)
          if (namespace.startsWith(`${cluster}/`) && !isTenants.has(namespace)) own += demand[key] ?? 0;
        const offered = parseQuantity(capacity[name as keyof typeof resources]) ?? 0;
        // A volume of a lost zone is lost with it, and nothing else takes its place.
        const domains = isPromised && name !== "storage" ? (capacity.failureDomains ?? 1) : 1;
        const left = domains > 1 ? (offered * (domains - 1)) / domains : offered;
        if (quotas + own <= left) continue;
        const amount = (value: number, round = Math.ceil) =>
          name === "cpu" ? String(round(value)) : `${round(value / 2 ** 30)}Gi`;
        const away =
          domains > 1 ? `, ${amount(left, Math.floor)} of it while one of ${domains} failure domains is away` : "";
        yield {
          ...place(name),
          message: `has ${amount(offered)} of ${name}${away}; its tenants are promised ${amount(quotas)}, and it runs ${amount(own)} itself`,
          fix: "add machines, or place a tenant elsewhere",
        };
      }
    }
  },
};
