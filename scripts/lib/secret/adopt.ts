import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { at } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { listingChange } from "../repo/kustomization.ts";
import { clusterFacts, environmentFacts, publishedKeyFile, tenantFacts } from "../repo/layout.ts";
import { order } from "../tenant/facts.ts";
import { editYaml } from "../yaml/emit.ts";
import { type Identity, newIdentity } from "./recipients.ts";
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
  const put = (file: string, key: string, recipient: string, before: readonly string[] = []) =>
    result.changes.push({
      path: file,
      content: editYaml(tree.text(file), [{ path: ["spec", key], value: recipient, before }]),
    });
  for (const name of [...documents.environments.keys()].toSorted()) {
    const key = await newIdentity();
    put(environmentFacts(name), "recoveryRecipient", key.recipient, ["publishedKeys", "deletionBudget", "mirrors"]);
    result.kept.push({ owner: `recovery key of ${name}`, key });
  }
  for (const [name, { document }] of [...documents.clusters].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const key = await newIdentity();
    put(clusterFacts(name), "ageRecipient", key.recipient);
    if (documents.environments.get(document.spec.environment)?.document.spec.publishedKeys === true)
      result.changes.push({ path: publishedKeyFile(name), content: publishedKey(name, key) });
    else result.kept.push({ owner: `key of the cluster ${name}`, key });
  }
  for (const name of [...documents.tenants.keys()].toSorted()) {
    const key = await newIdentity();
    put(tenantFacts(name), "ageRecipient", key.recipient, order.slice(order.indexOf("ageRecipient") + 1));
    result.tenants.set(name, key);
  }
  const gone = secretFiles(content).map((path) => ({ path, content: null }));
  const folders = new Set(gone.map(({ path }) => path.slice(0, path.lastIndexOf("/"))));
  result.changes.push(...gone, ...[...folders].map((folder) => listingChange(content, folder, gone)));
  return result;
}

/** The file of a private key that everybody may read. */
export function publishedKey(cluster: string, { identity, recipient }: Identity): string {
  return `# Published on purpose: whoever clones this repository opens the secrets of ${cluster} with it. Nothing real is encrypted to it.
# public key: ${recipient}
${identity}
`;
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
      `these values would be lost, because no rule of apps/secrets.yaml makes them: ${lost.join(", ")}. Remove the files, or change keys with keygen and sync`,
    );
}
