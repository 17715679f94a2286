import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { at } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { listingChange } from "../repo/kustomization.ts";
import { publishedKeyFile, secretRulesFile } from "../repo/layout.ts";
import { type Identity, newIdentity } from "./age-wrapping.ts";
import { factChanges, type KeyOwner } from "./keys.ts";
import { secretFiles } from "./secrets.ts";
import { recipientAnnotation, secretsOf } from "./sops-secret.ts";
import { secretRuleOf } from "./values.ts";

/** New keys for everybody: what changes of the facts, and the private halves. */
export interface NewKeys {
  changes: Change[];
  /** To be kept by people: those of clusters that are not published, and the recovery keys. */
  kept: { owner: string; key: Identity }[];
  /** To be carried to clusters by files. */
  tenants: Map<string, Identity>;
}

/**
 * What an adopter starts with: a key of its own for every cluster, environment and tenant, and none of the files that
 * were encrypted to somebody else's. Values that no rule makes would be lost: refused.
 */
export async function newKeys(content: Content): Promise<NewKeys> {
  const { tree, documents } = content;
  refuseLoss(content);
  const result: NewKeys = { changes: [], kept: [], tenants: new Map() };
  const renew = async (owner: KeyOwner): Promise<Identity> => {
    const key = await newIdentity();
    result.changes.push(...factChanges(content, owner, key));
    return key;
  };
  for (const environment of [...documents.environments.keys()].toSorted())
    result.kept.push({ owner: `recovery key of ${environment}`, key: await renew({ environment }) });
  for (const cluster of [...documents.clusters.keys()].toSorted()) {
    const key = await renew({ cluster });
    if (!tree.has(publishedKeyFile(cluster))) result.kept.push({ owner: `key of the cluster ${cluster}`, key });
  }
  for (const tenant of [...documents.tenants.keys()].toSorted()) result.tenants.set(tenant, await renew({ tenant }));
  const gone = secretFiles(content).map((path) => ({ path, content: null }));
  const folders = new Set(gone.map(({ path }) => path.slice(0, path.lastIndexOf("/"))));
  result.changes.push(...gone, ...[...folders].map((folder) => listingChange(content, folder, gone)));
  return result;
}

function refuseLoss(content: Content): void {
  const lost = secretFiles(content).flatMap((file) => {
    const data = content.sources.data(file);
    if (at(data, "metadata", "annotations", recipientAnnotation) !== undefined) return [];
    return secretsOf(data).flatMap(({ name, keys }) => {
      const rule = secretRuleOf(content.documents, name);
      return keys.filter((key) => rule?.keys[key] === undefined).map((key) => `${file} ${name}/${key}`);
    });
  });
  if (lost.length > 0)
    throw new UsageError(
      `these values would be lost, because ${secretRulesFile} has no rule that makes them: ${lost.join(", ")}. Remove the files, or change keys with keygen and sync`,
    );
}
