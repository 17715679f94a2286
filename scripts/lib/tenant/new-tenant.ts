import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { modelOf } from "../model/deployment-model.ts";
import type { Cluster, Tenant } from "../model/generated.ts";
import { nameProblem } from "../model/names.ts";
import { pathOf } from "../repo/address.ts";
import { type Content, named } from "../repo/content.ts";
import { tenantValues } from "../repo/layout.ts";
import { factsChanges, newTenantDocument } from "./facts.ts";
import { codeownersChange } from "./lookup.ts";
import { grantChanges, placementChanges, serviceChanges, type Settings, valuesChange } from "./placement.ts";

/** A new tenant and where it goes. */
export interface NewTenant {
  id: string;
  /** Hosts may be left out where the environment has a domain for tenants. */
  spec: Omit<Tenant["spec"], "hosts"> & { hosts?: Tenant["spec"]["hosts"] | undefined };
  clusters: readonly string[];
  /** The cluster its hosts lead to, if it is not the only one that can serve them. */
  routes?: string | undefined;
  settings: Settings;
}

/** Every file of a new tenant, and CODEOWNERS. */
export function newTenant(fleet: Content, tenant: NewTenant): Change[] {
  const { id, clusters, settings } = tenant;
  const problem = nameProblem(id);
  if (problem !== undefined) throw new UsageError(problem);
  if (fleet.documents.tombstones.has(id))
    throw new UsageError(`${id} was a customer once: its id is never given again`);
  if (clusters.length === 0) throw new UsageError("a tenant needs a cluster: name one with --cluster");
  const routed = tenant.routes ?? routedCluster(fleet, clusters);
  const hosts = tenant.spec.hosts ?? defaultHosts(fleet, id, routed);
  const document = newTenantDocument(id, { ...tenant.spec, hosts });
  return [
    ...factsChanges(document),
    ...clusters.flatMap((cluster) => placeOn(fleet, document, cluster, cluster === routed, settings)),
    ...(document.spec.isolation === "dedicated" ? [ownValues(document)] : []),
    codeownersChange(fleet, new Map([[id, document.spec.owners]])),
  ];
}

/** Both halves of one placement, and the tenant's own copies of services if it has any. */
export function placeOn(
  fleet: Content,
  tenant: Tenant,
  cluster: string,
  routed: boolean,
  settings: Settings,
): Change[] {
  const { environment } = findCluster(fleet, cluster).spec;
  const { metadata, spec } = tenant;
  const id = metadata.name;
  return [
    ...grantChanges(fleet, tenant, cluster, routed),
    ...placementChanges(id, cluster, settings),
    ...(spec.isolation === "dedicated" ? serviceChanges(fleet, id, cluster, environment) : []),
  ];
}

export function ownValues({ metadata, spec }: Tenant): Change {
  return valuesChange(
    tenantValues(metadata.name),
    `# What holds for all its own copies of services. Browsers reach them at this host.\npublicHost: ${spec.hosts[0]}\n`,
  );
}

export function findCluster({ documents }: Content, name: string): Cluster {
  return named("cluster", name, documents.clusters).document;
}

/** Hosts lead to a cluster that runs what answers them. */
export function canServe({ tree }: Content, cluster: string): boolean {
  return ["api-gateway", "frontend"].every((service) => tree.isFolder(pathOf("clusterService", { cluster, service })));
}

function routedCluster(fleet: Content, clusters: readonly string[]): string | undefined {
  for (const cluster of clusters) findCluster(fleet, cluster);
  return clusters.find((cluster) => canServe(fleet, cluster));
}

function defaultHosts(fleet: Content, id: string, cluster: string | undefined): [string] {
  const facts = cluster === undefined ? undefined : findCluster(fleet, cluster);
  const domain =
    facts !== undefined && modelOf(facts).hosts === "platform"
      ? fleet.documents.environments.get(facts.spec.environment)?.document.spec.tenantDomain
      : undefined;
  if (domain === undefined) {
    throw new UsageError(`${id} needs a host: name one with --host (there is no domain for tenants of this cluster)`);
  }
  return [`${id}.${domain}`];
}
