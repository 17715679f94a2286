import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { type Documents, unknownName } from "../repo/documents.ts";
import { clusterFacts, environmentFacts, tenantFacts } from "../repo/layout.ts";
import { order } from "../tenant/facts.ts";
import { editYaml } from "../yaml/emit.ts";
import { recipientsFor } from "./places.ts";
import { secretFiles, type SecretFleet, syncSecrets } from "./secrets.ts";

/** Whose key it is: exactly one of the three. */
export interface KeyOwner {
  cluster?: string | undefined;
  environment?: string | undefined;
  tenant?: string | undefined;
}

/**
 * Writes a public key into the facts of its owner, and wraps the files that are its for it: with the identities that
 * open them, because from then on the old key is nobody's.
 */
export async function keyChanges(
  fleet: SecretFleet,
  owner: KeyOwner,
  recipient: string,
  identities: () => Promise<readonly string[]>,
): Promise<Change[]> {
  const facts = factChanges(fleet, owner, recipient);
  const after: SecretFleet = { ...fleet, documents: withKey(fleet.documents, owner, recipient) };
  const files = secretFiles(fleet).filter((file) => {
    const wanted = recipientsFor(file, after.documents);
    return typeof wanted !== "string" && wanted.join() !== recipientsFor(file, fleet.documents).toString();
  });
  return files.length === 0 ? facts : [...facts, ...(await syncSecrets(after, files, await identities()))];
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

function factChanges({ tree, documents }: SecretFleet, owner: KeyOwner, recipient: string): Change[] {
  const known = (what: string, name: string, all: ReadonlyMap<string, unknown>) => {
    if (all.has(name)) return;
    const { message, fix } = unknownName(what, name, all.keys());
    throw new UsageError(`${message}: ${fix}`);
  };
  const set = (file: string, key: string, before: readonly string[]): Change[] => [
    { path: file, content: editYaml(tree.text(file), [{ path: ["spec", key], value: recipient, before }]) },
  ];
  if (owner.cluster !== undefined) {
    known("cluster", owner.cluster, documents.clusters);
    return set(clusterFacts(owner.cluster), "ageRecipient", []);
  }
  if (owner.environment !== undefined) {
    known("environment", owner.environment, documents.environments);
    return set(environmentFacts(owner.environment), "recoveryRecipient", ["deletionBudget", "mirrors"]);
  }
  known("tenant", owner.tenant!, documents.tenants);
  return set(tenantFacts(owner.tenant!), "ageRecipient", order.slice(order.indexOf("ageRecipient") + 1));
}
