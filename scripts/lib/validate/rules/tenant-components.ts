import path from "node:path";

import { isObject } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { placementsOf } from "../../fleet/placements.ts";
import { pathOf } from "../../repo/address.ts";
import { componentsOf, resourcesOf } from "../../repo/kustomization.ts";
import { clusterFacts, tenantFacts } from "../../repo/layout.ts";
import { tenantChanges } from "../../tenant/generated.ts";
import { hostsFile, knowsHosts, ownHosts } from "../../tenant/hosts.ts";
import { isRouted } from "../../tenant/lookup.ts";
import { grantComponents, grantFile, placementFile } from "../../tenant/placement.ts";
import { notAsGenerated } from "../generated.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const tenantComponents: Rule = {
  id: "tenant-components",
  severity: "error",
  absolute: true,
  holds:
    "A grant is its facts and the components that follow from them, and nothing else; a placement is its facts, its own files and the placement component.",
  because:
    "A grant that says another plan than the facts gives what nobody agreed to; one more file in it is a right (S-09).",
  *check(fleet) {
    const generated = tenantChanges(fleet);
    const changing = new Set(generated.map(({ path: file }) => file));
    for (const { tenant, cluster, grant, placement } of placementsOf(fleet)) {
      const facts = fleet.documents.tenants.get(tenant);
      const isKnown = facts !== undefined && knowsHosts(fleet, cluster);
      if (grant && isKnown && !changing.has(grantFile(tenant, cluster))) yield* judgeGrant(fleet, tenant, cluster);
      if (placement) yield* judgePlacement(fleet, tenant, cluster);
    }
    yield* notAsGenerated(fleet, generated, {
      tooMuch: "is there, though no host of the tenant's own domain leads here",
      differs: "is not what follows from the hosts of the tenant's facts",
      missing: "is not there, though a host of the tenant's own domain leads here",
    });
  },
};

function* judgeGrant(fleet: Fleet, tenant: string, cluster: string): Iterable<RuleFinding> {
  const { documents, sources } = fleet;
  const file = grantFile(tenant, cluster);
  const data = sources.data(file);
  const found = componentsOf(file, data);
  const { spec } = documents.tenants.get(tenant)!.document;
  const hosts = hostsFile(tenant, cluster);
  const isOwn = isRouted(fleet, tenant, cluster) && ownHosts(fleet, spec.hosts, cluster).length > 0;
  const wanted = grantComponents(spec, isRouted(fleet, tenant, cluster), isOwn);
  if (found.join() !== wanted.join()) {
    const missing = wanted.filter((component) => !found.includes(component));
    const extra = found.filter((component) => !wanted.includes(component));
    const parts = [
      ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
      ...(extra.length > 0 ? [`has ${extra.join(", ")}`] : []),
    ];
    const message = parts.length === 0 ? "has its components in another order" : parts.join(" and ");
    yield {
      file,
      ...sources.locate(file, ["components"]),
      message: `${message}, against the facts of ${tenant}`,
      fix: `list ${wanted.join(", ")}, in this order`,
    };
  }
  const facts = [clusterFacts(cluster), tenantFacts(tenant)].map((own) => path.posix.dirname(own));
  const resources = isOwn ? [...facts, hosts] : facts;
  if (resourcesOf(file, data).toSorted().join() !== resources.toSorted().join()) {
    const message = `has other resources than the facts of its cluster and of its tenant${isOwn ? ", and its hosts" : ""}`;
    yield { file, ...sources.locate(file, ["resources"]), message, fix: `list ${resources.join(" and ")}` };
  }
  const known = ["apiVersion", "kind", "resources", "components"];
  for (const key of isObject(data) ? Object.keys(data) : []) {
    if (known.includes(key)) continue;
    const message = `sets ${key}, which no grant needs`;
    yield { file, ...sources.locate(file, [key], "key"), message, fix: "move it to a component that every tenant has" };
  }
}

function* judgePlacement({ sources }: Fleet, tenant: string, cluster: string): Iterable<RuleFinding> {
  const file = placementFile(tenant, cluster);
  const data = sources.data(file);
  const base = pathOf("placementBase", {});
  const components = componentsOf(file, data);
  if (components.join() !== base) {
    const message = `has the components ${components.join(", ") || "none"}`;
    yield { file, ...sources.locate(file, ["components"]), message, fix: `list ${base} and no other` };
  }
  const facts = path.posix.dirname(tenantFacts(tenant));
  const folder = path.posix.dirname(file);
  for (const [index, target] of resourcesOf(file, data).entries()) {
    if (target === facts || target.startsWith(`${folder}/`)) continue;
    const place = sources.locate(file, ["resources", index]);
    yield { file, ...place, message: `takes ${target}, which is not its own`, fix: `keep to ${folder} and ${facts}` };
  }
}
