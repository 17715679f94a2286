import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { stringAt } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { carrierFile } from "../repo/layout.ts";
import { clustersOf } from "../tenant/lookup.ts";
import { tenantLabel } from "../tenant/placement.ts";
import { type Identity, recipientOf } from "./age-wrapping.ts";
import { CipherError } from "./cipher.ts";
import { openFile } from "./file.ts";
import { encryptNew } from "./secrets.ts";
import { identityKey, operatorLabel, operatorNamespace, recipientAnnotation, sopsSecretText } from "./sops-secret.ts";

/**
 * Files that carry a tenant's private key to clusters, in the clear, to be encrypted. Nobody's private key is needed for
 * that, and nobody sees this one: the recovery key opens the files.
 */
export function carrierTexts(
  tenant: string,
  clusters: readonly string[],
  { identity, recipient }: Identity,
): Map<string, string> {
  const name = `tenant-${tenant}`;
  const head = { name, namespace: operatorNamespace, annotations: { [recipientAnnotation]: recipient } };
  const labels = { [operatorLabel]: "true", [tenantLabel]: tenant };
  const text = sopsSecretText(head, [{ name, labels, stringData: { [identityKey]: identity } }]);
  return new Map(clusters.map((cluster) => [carrierFile(cluster, tenant), text]));
}

/** The public half of the key that a cluster has of a tenant; undefined where it has none. */
export function carriedRecipient({ sources, tree }: Content, cluster: string, tenant: string): string | undefined {
  const file = carrierFile(cluster, tenant);
  return tree.has(file) ? stringAt(sources.data(file), "metadata", "annotations", recipientAnnotation) : undefined;
}

/** Carries the key of each tenant to those of its clusters that lack it; `before` has the files that hold it so far. */
export async function carryChanges(
  before: Content,
  content: Content,
  tenants: readonly string[],
  identities: readonly string[],
  now: string,
): Promise<Change[]> {
  const texts: [string, string][] = [];
  for (const tenant of tenants) {
    const recipient = content.documents.tenants.get(tenant)?.document.spec.ageRecipient;
    if (recipient === undefined) continue;
    const lacking = clustersOf(content, tenant).filter(
      (cluster) => carriedRecipient(content, cluster, tenant) !== recipient,
    );
    if (lacking.length === 0) continue;
    const identity = await heldIdentity(before, tenant, recipient, identities);
    if (identity === undefined)
      throw new UsageError(
        `the key of ${tenant} has to come to ${lacking.join(", ")}: set SOPS_AGE_KEY_FILE to a file with it, with the recovery key, or with the key of a cluster that has it`,
      );
    texts.push(...carrierTexts(tenant, lacking, { identity, recipient }));
  }
  return encryptNew(content, new Map(texts), now);
}

/** A tenant's private key: one of those given, or out of a file that one of them opens. */
export async function heldIdentity(
  content: Content,
  tenant: string,
  recipient: string,
  identities: readonly string[],
): Promise<string | undefined> {
  const own = identities.find((identity) => recipientOf(identity) === recipient);
  if (own !== undefined) return own;
  for (const cluster of clustersOf(content, tenant)) {
    if (carriedRecipient(content, cluster, tenant) !== recipient) continue;
    try {
      const { document } = await openFile(content.tree.text(carrierFile(cluster, tenant)), identities);
      const carried = document.getIn(["spec", "secrets", 0, "stringData", identityKey]);
      if (typeof carried === "string" && recipientOf(carried) === recipient) return carried;
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
    }
  }
  return undefined;
}
