import { UsageError } from "../core/errors.ts";
import { at, type JsonObject } from "../core/json.ts";
import type { Cluster } from "../model/generated.ts";
import type { Application } from "../render/application.ts";
import { recipientOf } from "../secret/age-wrapping.ts";
import { identityKey, keyLabel, operatorLabel, operatorNamespace } from "../secret/sops-secret.ts";

/** One step of bringing up a cluster: what is applied, in order. */
export interface BootstrapStep {
  what: string;
  objects: JsonObject[];
}

/**
 * What has to be on a cluster before Argo CD can do the rest, in the order in which it has to come. All of it is in root
 * or in platform-namespaces as well, so that Argo CD owns it from then on.
 */
export function bootstrapSteps(
  applications: readonly Application[],
  { metadata, spec }: Cluster,
  identity?: string,
): BootstrapStep[] {
  const objectsOf = (name: string) => applications.find((application) => application.name === name)?.objects ?? [];
  const root = objectsOf("root");
  const ofKinds = (...kinds: string[]) => root.filter(({ id }) => kinds.includes(id.kind)).map(({ object }) => object);
  const namespaces = objectsOf("platform-namespaces").filter(({ id }) => id.kind === "Namespace");
  const rootApplication = root.find(
    ({ id, object }) => id.kind === "Application" && at(object, "metadata", "name") === "root",
  );
  return [
    { what: "namespaces", objects: namespaces.map(({ object }) => object) },
    { what: "deployers and their rights", objects: ofKinds("ServiceAccount", "ClusterRole", "ClusterRoleBinding") },
    { what: "projects", objects: ofKinds("AppProject") },
    { what: "settings of Argo CD", objects: ofKinds("ConfigMap") },
    ...(identity === undefined ? [] : [{ what: "cluster key", objects: [keyOf(metadata.name, spec, identity)] }]),
    { what: "root", objects: rootApplication === undefined ? [] : [rootApplication.object] },
  ];
}

/** The one Secret that is in no repository: with it the operator opens all the others. */
function keyOf(cluster: string, { ageRecipient }: Cluster["spec"], identity: string): JsonObject {
  if (recipientOf(identity) !== ageRecipient)
    throw new UsageError(`the private key is not that of ${cluster}, whose public key is ${ageRecipient}`);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "cluster-key",
      namespace: operatorNamespace,
      labels: { [keyLabel]: "cluster", [operatorLabel]: "true" },
    },
    stringData: { [identityKey]: identity },
  };
}
