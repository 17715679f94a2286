import type { Fleet } from "../../fleet/fleet.ts";
import { placementsOf } from "../../fleet/placements.ts";
import { modelOf } from "../../model/deployment-model.ts";
import { pathOf, placesIn } from "../../repo/address.ts";
import { unknownName } from "../../repo/documents.ts";
import { tenantFacts } from "../../repo/layout.ts";
import { isRouted } from "../../tenant/lookup.ts";
import { canServe } from "../../tenant/new-tenant.ts";
import { grantFile, placementFile } from "../../tenant/placement.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const tenantPlacement: Rule = {
  id: "tenant-placement",
  severity: "error",
  holds:
    "A placement has both halves, on a cluster where the tenant's data may lie; its hosts lead to one cluster; a cluster of one customer has one tenant.",
  because:
    "Half a placement is a namespace nobody controls or an Application without a project; data in the wrong place can't be called back.",
  *check(fleet) {
    const { tree, documents, sources } = fleet;
    const placements = placementsOf(fleet);
    for (const { tenant, cluster, file, grant, placement } of placements) {
      const at = { file, line: 1 };
      if (!documents.clusters.has(cluster)) {
        if (!tree.isFolder(pathOf("cluster", { cluster })))
          yield { ...at, ...unknownName("cluster", cluster, documents.clusters.keys()) };
        continue;
      }
      const fix = `bun run place-tenant ${tenant} --cluster ${cluster} writes both`;
      if (!grant) yield { ...at, message: `has no grant: there is no ${grantFile(tenant, cluster)}`, fix };
      if (!placement) yield { ...at, message: `has no placement: there is no ${placementFile(tenant, cluster)}`, fix };
      const facts = documents.tenants.get(tenant);
      if (facts === undefined) {
        if (!tree.has(tenantFacts(tenant)))
          yield { ...at, message: `is for ${tenant}, which has no facts`, fix: "remove it, or bring the facts back" };
        continue;
      }
      yield* residency(fleet, tenant, cluster);
      const [own] = placesIn(tree, "tenantService", { tenant, cluster });
      if (own !== undefined && facts.document.spec.isolation !== "dedicated") {
        const message = `holds own copies of services, but the isolation of ${tenant} is ${facts.document.spec.isolation}`;
        yield {
          file: tree.below(pathOf("tenantService", own))[0]!,
          line: 1,
          message,
          fix: "remove them, or make its isolation dedicated",
        };
      }
    }
    yield* crowded(fleet);
    for (const [tenant, { file, document }] of documents.tenants) {
      const own = placements.filter((placement) => placement.tenant === tenant && placement.grant);
      if (own.length === 0) continue;
      const routed = own.filter(({ cluster }) => isRouted(fleet, tenant, cluster));
      const at = () => ({ file, ...sources.locate(file, ["spec", "hosts"]) });
      const clusters = routed.map(({ cluster }) => cluster).join(", ");
      if (routed.length !== 1) {
        const message = `its hosts lead to ${routed.length === 0 ? "no cluster" : clusters}`;
        yield { ...at(), message, fix: `bun run place-tenant ${tenant} --cluster CLUSTER --routes leads them to one` };
      } else if (!canServe(fleet, routed[0]!.cluster) && document.spec.isolation !== "dedicated") {
        const message = `its hosts lead to ${clusters}, which runs neither api-gateway nor frontend or only one`;
        yield { ...at(), message, fix: "lead them to a cluster that runs both" };
      }
    }
  },
};

function* residency({ documents, sources }: Fleet, tenant: string, cluster: string): Iterable<RuleFinding> {
  const facts = documents.tenants.get(tenant)!;
  const wanted = facts.document.spec.residency;
  const { file, document } = documents.clusters.get(cluster)!;
  if (document.spec.residency === wanted) return;
  const found =
    document.spec.residency === undefined ? "promises no place" : `keeps data in ${document.spec.residency}`;
  const line = sources.locate(file, ["spec", "residency"])?.line ?? 1;
  const message = `${tenant} wants its data in ${wanted}, but ${cluster} ${found} (${file}:${line})`;
  const move = `bun run place-tenant ${tenant} --cluster CLUSTER places it on a cluster there`;
  const keep =
    document.spec.residency === undefined
      ? ""
      : `; if its data may lie there, write residency: ${document.spec.residency}`;
  yield { file: facts.file, ...sources.locate(facts.file, ["spec", "residency"]), message, fix: `${move}${keep}` };
}

/** Tenants on a cluster that was made for one. */
function* crowded(fleet: Fleet): Iterable<RuleFinding> {
  const byCluster = Map.groupBy(
    placementsOf(fleet).filter(({ grant }) => grant),
    ({ cluster }) => cluster,
  );
  for (const [cluster, placements] of byCluster) {
    const facts = fleet.documents.clusters.get(cluster)?.document;
    if (facts === undefined || modelOf(facts).tenants === "many" || placements.length === 1) continue;
    for (const { tenant, file } of placements) {
      const others = placements.filter((other) => other.tenant !== tenant).map((other) => other.tenant);
      const message = `shares ${cluster}, which is ${facts.spec.model}, with ${others.join(", ")}`;
      yield { file, line: 1, message, fix: "place all but one elsewhere" };
    }
  }
}
