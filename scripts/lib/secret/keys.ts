import type { Change } from "../core/change.ts";
import { within } from "../repo/address.ts";
import { type Content, named } from "../repo/content.ts";
import type { Documents } from "../repo/documents.ts";
import { clusterFacts, environmentFacts, publishedKeyFile, tenantFacts } from "../repo/layout.ts";
import { order } from "../tenant/facts.ts";
import { clustersOf, findTenant } from "../tenant/lookup.ts";
import { editYaml } from "../yaml/emit.ts";
import { type Identity, newIdentity } from "./age-wrapping.ts";
import { recipientsFor } from "./recipients.ts";
import { encryptNew, secretFiles, syncSecrets } from "./secrets.ts";
import { carriedRecipient, carrierTexts, carryChanges, heldIdentity } from "./tenant-key-delivery.ts";

/** Whose key it is: exactly one of the three. */
export interface KeyOwner {
  cluster?: string | undefined;
  environment?: string | undefined;
  tenant?: string | undefined;
}

/**
 * Writes a public key into the facts of its owner, and wraps the files that are its for it: with the identities that
 * open them, because from then on the old key is nobody's. A tenant's private key goes to its clusters, encrypted.
 */
export async function keyChanges(
  fleet: Content,
  owner: KeyOwner,
  key: Identity,
  identities: () => Promise<readonly string[]>,
  now: string,
): Promise<Change[]> {
  const { recipient } = key;
  const { tenant } = owner;
  const facts = factChanges(fleet, owner, key);
  const after: Content = { ...fleet, documents: withKey(fleet.documents, owner, recipient) };
  const files = secretFiles(fleet).filter((file) => {
    const wanted = recipientsFor(file, after.documents);
    return typeof wanted !== "string" && wanted.join() !== recipientsFor(file, fleet.documents).toString();
  });
  const synced = files.length === 0 ? [] : await syncSecrets({ content: after, identities: await identities() }, files);
  const carriers =
    tenant === undefined ? [] : await encryptNew(after, carrierTexts(tenant, clustersOf(fleet, tenant), key), now);
  return [...facts, ...synced, ...carriers];
}

/**
 * Sees to it that each cluster of a tenant is brought its key: the one it has, if one of the private keys at hand leads to
 * it; a new one where it has none yet, or nothing is encrypted to it. Before a move the key may lie where it is no more
 * after it.
 */
export async function tenantKeyChanges(
  before: Content,
  content: Content,
  tenant: string,
  identities: readonly string[],
  now: string,
): Promise<Change[]> {
  const facts = content.documents.tenants.get(tenant)?.document.spec;
  if (facts === undefined) return []; // Its facts have errors; validate tells of them.
  const recipient = facts.ageRecipient;
  const isGiven = recipient !== undefined && !before.documents.tenants.has(tenant);
  const isUsed = isGiven || secretFiles(content).some((file) => within("tenant", file)?.tenant === tenant);
  const lacks = (cluster: string) => carriedRecipient(content, cluster, tenant) !== recipient;
  if (recipient !== undefined && !clustersOf(content, tenant).some(lacks)) return [];
  const isHeld = recipient !== undefined && (await heldIdentity(before, tenant, recipient, identities)) !== undefined;
  return isHeld || isUsed
    ? carryChanges(before, content, [tenant], identities, now)
    : keyChanges(content, { tenant }, await newIdentity(), async () => identities, now);
}

/** The documents as they are once the key is in them. */
function withKey(documents: Documents, { cluster, environment, tenant }: KeyOwner, recipient: string): Documents {
  const changed = <T extends { document: { spec: object } }>(
    all: ReadonlyMap<string, T>,
    name: string | undefined,
    key: string,
  ) =>
    new Map(
      [...all].map(([id, located]): [string, T] => [
        id,
        id === name
          ? { ...located, document: { ...located.document, spec: { ...located.document.spec, [key]: recipient } } }
          : located,
      ]),
    );
  return {
    ...documents,
    clusters: changed(documents.clusters, cluster, "ageRecipient"),
    environments: changed(documents.environments, environment, "recoveryRecipient"),
    tenants: changed(documents.tenants, tenant, "ageRecipient"),
  };
}

/**
 * The facts of an owner with another public key. A key of a cluster that is published is published anew: the old private
 * half would open nothing.
 */
export function factChanges(content: Content, owner: KeyOwner, key: Identity): Change[] {
  const { tree, documents } = content;
  const set = (file: string, name: string, before: readonly string[]): Change => ({
    path: file,
    content: editYaml(tree.text(file), [{ path: ["spec", name], value: key.recipient, before }]),
  });
  if (owner.cluster !== undefined) {
    named("cluster", owner.cluster, documents.clusters);
    const published = publishedKeyFile(owner.cluster);
    return [
      set(clusterFacts(owner.cluster), "ageRecipient", []),
      ...(tree.has(published) ? [{ path: published, content: publishedKey(owner.cluster, key) }] : []),
    ];
  }
  if (owner.environment !== undefined) {
    named("environment", owner.environment, documents.environments);
    const before = ["publishedKeys", "deletionBudget", "mirrors"];
    return [set(environmentFacts(owner.environment), "recoveryRecipient", before)];
  }
  findTenant(content, owner.tenant!);
  return [set(tenantFacts(owner.tenant!), "ageRecipient", order.slice(order.indexOf("ageRecipient") + 1))];
}

/** The file of a private key that everybody may read. */
export function publishedKey(cluster: string, { identity, recipient }: Identity): string {
  return `# Published on purpose: whoever clones this repository opens the secrets of ${cluster} with it. Nothing real is encrypted to it.
# public key: ${recipient}
${identity}
`;
}
