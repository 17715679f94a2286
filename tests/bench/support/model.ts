import type { CommandIo } from "../../../scripts/lib/command/io.ts";
import { Repository } from "../../../scripts/lib/fleet/repository.ts";
import type { Tenant } from "../../../scripts/lib/model/generated.ts";

/** What generated fleets are copies of, found in the fleet that is there: benches name no cluster and no tenant. */
export interface Model {
  /** Of the shared clusters of the last environment, the first that takes a release. */
  cluster: string;
  environment: string;
  /** A tenant of that cluster with isolation schema. */
  tenant: string;
  /** A tenant with its own copies of services, wherever it is. */
  dedicated: string;
}

export async function modelOf(io: CommandIo): Promise<Model> {
  const { documents, tree } = await Repository.read(io.cwd, { env: io.env });
  const rank = (environment: string) => documents.environments.get(environment)!.document.spec.rank;
  const clusters = [...documents.clusters]
    .filter(([, { document }]) => document.spec.model === "multi-tenant")
    .toSorted(
      ([a, { document: one }], [b, { document: other }]) =>
        rank(other.spec.environment) - rank(one.spec.environment) ||
        one.spec.ring - other.spec.ring ||
        (a < b ? -1 : 1),
    );
  const [cluster, facts] = clusters[0] ?? [];
  const named = (isolation: Tenant["spec"]["isolation"], where?: string) =>
    [...documents.tenants.keys()]
      .toSorted()
      .find(
        (tenant) =>
          documents.tenants.get(tenant)!.document.spec.isolation === isolation &&
          (where === undefined || tree.isFolder(`tenants/${tenant}/${where}`)),
      );
  const tenant = named("schema", cluster);
  const dedicated = named("dedicated");
  if (cluster === undefined || facts === undefined || tenant === undefined || dedicated === undefined)
    throw new Error(
      "benches need a shared cluster with a tenant of isolation schema, and a tenant of isolation dedicated",
    );
  return { cluster, environment: facts.document.spec.environment, tenant, dedicated };
}
