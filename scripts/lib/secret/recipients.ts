import { type AddressOf, addressOf, pathOf } from "../repo/address.ts";
import type { Documents } from "../repo/documents.ts";

/** Where an encrypted file lies decides who can open it: the cluster, or the tenant. */
export type SecretPlace = AddressOf<"clusterSecret"> | AddressOf<"tenantSecret">;

/** Both forms of the path of an encrypted file, for messages. */
export const secretFileForms = [
  pathOf("clusterSecret", { cluster: "CLUSTER", secret: "NAME" }),
  pathOf("tenantSecret", { tenant: "TENANT", cluster: "CLUSTER", secret: "NAME" }),
].join(" or ");

/** The place of an encrypted file; undefined where none may be. */
export function placeOf(file: string): SecretPlace | undefined {
  const address = addressOf(file);
  return address?.kind === "clusterSecret" || address?.kind === "tenantSecret" ? address : undefined;
}

/**
 * Public keys a file has to be encrypted to: that of its cluster or its tenant, and always the recovery key of the
 * environment. A sentence where one of them is not known.
 */
export function recipientsFor(file: string, { clusters, environments, tenants }: Documents): string[] | string {
  const place = placeOf(file);
  if (place === undefined) return `is not a path for secrets: use ${secretFileForms}`;
  const cluster = clusters.get(place.cluster)?.document;
  if (cluster === undefined) return `is for the cluster ${place.cluster}, which does not exist`;
  const recovery = environments.get(cluster.spec.environment)?.document.spec.recoveryRecipient;
  if (recovery === undefined)
    return `has no recovery key: bun run secrets keygen --environment ${cluster.spec.environment} makes one`;
  if (place.kind === "clusterSecret") return [cluster.spec.ageRecipient, recovery].toSorted();
  const tenant = tenants.get(place.tenant)?.document;
  if (tenant === undefined) return `is for the tenant ${place.tenant}, which does not exist`;
  const own = tenant.spec.ageRecipient;
  return own === undefined
    ? `has no key: bun run secrets keygen --tenant ${place.tenant} makes one`
    : [own, recovery].toSorted();
}
