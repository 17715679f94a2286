import { objectAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { standingObjects } from "../../fleet/objects.ts";
import { tenantName } from "../../fleet/ownership.ts";
import { keptStoresOf, recoveryOf } from "../../fleet/recovery.ts";
import { type ResourceRequests, resourceRequests } from "../../fleet/resource-requests.ts";
import { parseQuantity, quantityText } from "../../model/quantity.ts";
import { tenantFacts } from "../../repo/layout.ts";
import { clustersOf, isRouted } from "../../tenant/lookup.ts";
import type { QuotaUse, TenantRow } from "./data.ts";

/** Every customer: what was agreed, where it is placed, and how much of it is used there. */
export function tenantsOf(fleet: Fleet): TenantRow[] {
  const { tenants, clusters, environments } = fleet.documents;
  const quotas = new Map(
    standingObjects(fleet, "ResourceQuota").map(({ cluster, id, object }) => [
      `${cluster}/${id.namespace}`,
      objectAt(object, "spec", "hard"),
    ]),
  );
  const use = resourceRequests(fleet);
  const recoveries = new Map([...clusters.keys()].map((cluster) => [cluster, recoveryText(fleet, cluster)]));
  const promised = (cluster: string) =>
    environments.get(clusters.get(cluster)!.document.spec.environment)?.document.spec.recovery?.point;
  return [...tenants]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([tenant, { document }]) => {
      const { displayName, state, plan, isolation, ring, hosts, recoveryPoint } = document.spec;
      const places = clustersOf(fleet, tenant);
      const others = [...new Set(places.map(promised).filter((point) => point !== undefined))].join(", ");
      return {
        tenant,
        called: displayName,
        state,
        plan,
        isolation,
        ring,
        hosts: [...hosts],
        recoveryPoint: recoveryPoint ?? others,
        file: tenantFacts(tenant),
        placements: places.map((cluster) => {
          const key = `${cluster}/${tenantName(tenant)}`;
          return {
            cluster,
            isRouted: isRouted(fleet, tenant, cluster),
            recovery: recoveries.get(cluster)!,
            quota: quotaUse(quotas.get(key) ?? {}, use.get(key) ?? {}),
          };
        }),
      };
    });
}

/** What is limited to more than nothing, beside what pods take of it at their largest. */
function quotaUse(hard: Readonly<Record<string, unknown>>, use: ResourceRequests): QuotaUse[] {
  return Object.entries(hard)
    .filter(([name]) => /^(requests|limits)\.|^pods$/.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => {
      const limit = parseQuantity(value) ?? 0;
      if (limit === 0) return [];
      const used = use[name] ?? 0;
      return [{ name, used: quantityText(used), limit: String(value), share: Math.round((used / limit) * 100) }];
    });
}

/** The store of a cluster that can lose most. */
function recoveryText(fleet: Fleet, cluster: string): string {
  const { document } = fleet.documents.clusters.get(cluster)!;
  const stores = keptStoresOf(fleet, cluster).map((store) => ({ store, ...recoveryOf(fleet, document, store) }));
  const lost = stores.find(({ point }) => point === undefined);
  if (lost !== undefined) return `${lost.store}: not known`;
  const worst = stores.toSorted((a, b) => b.point! - a.point!)[0];
  return worst === undefined ? "" : `${worst.point} min (${worst.store})`;
}
