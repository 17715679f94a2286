import type { Documents } from "../repo/documents.ts";

/** Where an encrypted file lies decides who can open it. */
export type SecretPlace = { kind: "cluster"; cluster: string } | { kind: "tenant"; tenant: string; cluster: string };

/** clusters/CLUSTER/platform/secrets/NAME.sops.yaml or tenants/TENANT/CLUSTER/NAME.sops.yaml; undefined for anywhere else. */
export function placeOf(file: string): SecretPlace | undefined {
  const cluster = /^clusters\/([^/]+)\/platform\/secrets\/[a-z0-9-]+\.sops\.yaml$/.exec(file)?.[1];
  if (cluster !== undefined) return { kind: "cluster", cluster };
  const tenant = /^tenants\/([^/]+)\/([^/]+)\/[a-z0-9-]+\.sops\.yaml$/.exec(file);
  return tenant === null || tenant[2] === "facts"
    ? undefined
    : { kind: "tenant", tenant: tenant[1]!, cluster: tenant[2]! };
}

/**
 * Public keys a file has to be encrypted to: that of its cluster or its tenant, and always the recovery key of the
 * environment. A sentence where one of them is not known.
 */
export function recipientsFor(file: string, { clusters, environments, tenants }: Documents): string[] | string {
  const place = placeOf(file);
  if (place === undefined)
    return "is no place for secrets: use clusters/CLUSTER/platform/secrets/NAME.sops.yaml or tenants/TENANT/CLUSTER/NAME.sops.yaml";
  const cluster = clusters.get(place.cluster)?.document;
  if (cluster === undefined) return `is for ${place.cluster}, which is no cluster`;
  const recovery = environments.get(cluster.spec.environment)?.document.spec.recoveryRecipient;
  if (recovery === undefined)
    return `has no recovery key: bun run secrets keygen --environment ${cluster.spec.environment} makes one`;
  if (place.kind === "cluster") return [cluster.spec.ageRecipient, recovery].toSorted();
  const tenant = tenants.get(place.tenant)?.document;
  if (tenant === undefined) return `is for ${place.tenant}, which is no tenant`;
  const own = tenant.spec.ageRecipient;
  return own === undefined
    ? `has no key: bun run secrets keygen --tenant ${place.tenant} makes one`
    : [own, recovery].toSorted();
}
