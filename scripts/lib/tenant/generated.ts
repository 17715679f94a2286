import type { Change } from "../core/change.ts";
import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { hostsChanges } from "./hosts.ts";
import { isRouted } from "./lookup.ts";

/** What of every grant is made of facts and is not as these say. */
export function tenantChanges(content: Content): Change[] {
  return placesIn(content.tree, "grant").flatMap(({ tenant, cluster }) => {
    const facts = content.documents.tenants.get(tenant)?.document;
    if (facts === undefined || !content.documents.clusters.has(cluster)) return [];
    return hostsChanges(content, facts, cluster, isRouted(content, tenant, cluster));
  });
}
