import { UsageError } from "../core/errors.ts";
import { at, type JsonObject, stringAt } from "../core/json.ts";
import type { Cluster } from "../model/generated.ts";
import type { Application } from "../render/application.ts";
import { recipientOf } from "../secret/age-wrapping.ts";
import { identityKey, keyLabel, operatorLabel, operatorNamespace } from "../secret/sops-secret.ts";

/** One step of bringing up a cluster: what is applied, in order. */
export interface BootstrapStep {
  what: string;
  objects: JsonObject[];
  /** Whether the next step needs the API server to serve these: they are definitions. */
  areServed?: boolean;
}

/** Addons without which nothing else comes, in this order: who deploys, and who opens what deploying may need. */
const firstAddons = ["argocd", "sops-operator"];

/**
 * What has to be on a cluster before Argo CD can do the rest, in the order in which it has to come. All of it is rendered
 * by an Application as well, as it is here, so that Argo CD owns it from then on.
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
    { what: "priority classes", objects: objectsOf("platform-priority-classes").map(({ object }) => object) },
    ...firstAddons.flatMap((addon) => definitionsOf(addon)),
    { what: "deployers and their rights", objects: ofKinds("ServiceAccount", "ClusterRole", "ClusterRoleBinding") },
    { what: "projects", objects: ofKinds("AppProject") },
    { what: "settings of Argo CD", objects: ofKinds("ConfigMap") },
    ...firstAddons.flatMap((addon) => programsOf(addon)),
    ...(identity === undefined ? [] : [{ what: "cluster key", objects: [keyOf(metadata.name, spec, identity)] }]),
    { what: "root", objects: rootApplication === undefined ? [] : [rootApplication.object] },
  ];

  function definitionsOf(addon: string): BootstrapStep[] {
    const objects = objectsOf(`definitions-${addon}`).map(({ object }) => object);
    return objects.length === 0 ? [] : [{ what: `definitions of ${addon}`, objects, areServed: true }];
  }

  function programsOf(addon: string): BootstrapStep[] {
    const served = new Set(
      firstAddons.flatMap((name) =>
        objectsOf(`definitions-${name}`).map(({ object }) => stringAt(object, "spec", "group")),
      ),
    );
    // Kinds that another addon defines (monitors) come with its Application. A hook is of a sync.
    const own = objectsOf(`addon-${addon}`).filter(
      ({ id, hooks }) => hooks.length === 0 && (isBuiltIn(id.group) || served.has(id.group)),
    );
    return own.length === 0 ? [] : [{ what: addon, objects: own.map(({ object }) => object) }];
  }
}

const builtIn = new Set([
  "admissionregistration.k8s.io",
  "apiregistration.k8s.io",
  "networking.k8s.io",
  "rbac.authorization.k8s.io",
  "scheduling.k8s.io",
]);

/** Whether Kubernetes itself has a group: its name is one word, or one of these. */
const isBuiltIn = (group: string) => !group.includes(".") || builtIn.has(group);

/** What of bootstrap is an addon, and is not rendered on this machine: its archive is missing. */
export function missingArchives(applications: readonly Application[]): string[] {
  const needed = new Set(firstAddons.flatMap((addon) => [`addon-${addon}`, `definitions-${addon}`]));
  return applications
    .filter(({ name, notRendered }) => needed.has(name) && notRendered !== undefined)
    .map(({ name }) => name);
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
