import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { unknownName } from "../repo/documents.ts";
import { clusterFacts, environmentFacts, tenantFacts } from "../repo/layout.ts";
import { order } from "../tenant/facts.ts";
import { editYaml } from "../yaml/emit.ts";
import type { SecretFleet } from "./secrets.ts";

/** Whose key it is: exactly one of the three. */
export interface KeyOwner {
  cluster?: string | undefined;
  environment?: string | undefined;
  tenant?: string | undefined;
}

/** Writes a public key into the facts of its owner. */
export function keyChanges({ tree, documents }: SecretFleet, owner: KeyOwner, recipient: string): Change[] {
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
