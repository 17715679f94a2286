import type { Change } from "../core/change.ts";
import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { realChanges } from "../repo/real-changes.ts";
import { knowsHosts } from "./hosts.ts";
import { isRouted } from "./lookup.ts";
import { grantChanges, grantFile, grantKustomization } from "./placement.ts";

/** What of every grant is made of the hosts of its tenant and is not as these say: the rest of a grant a person decides. */
export function tenantChanges(content: Content): Change[] {
  const { tree, documents } = content;
  return placesIn(tree, "grant").flatMap(({ tenant, cluster }) => {
    const facts = documents.tenants.get(tenant)?.document;
    const file = grantFile(tenant, cluster);
    if (facts === undefined || !knowsHosts(content, cluster) || !tree.has(file)) return [];
    const routed = isRouted(content, tenant, cluster);
    // With hosts of its own, or without: any other text is somebody's, and a finding says what it should be.
    const isOurs = () =>
      [true, false].some((own) => grantKustomization(facts, cluster, routed, own).content === tree.text(file));
    return realChanges(tree, grantChanges(content, facts, cluster, routed)).filter(
      ({ path }) => path !== file || isOurs(),
    );
  });
}
