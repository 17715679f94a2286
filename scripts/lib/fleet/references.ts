import path from "node:path";

import { listAt, objectAt, stringAt } from "../core/json.ts";
import { containers } from "../model/pods.ts";
import { gather, type SecretReference, type WantedSecret } from "../secret/generate.ts";
import { secretsOf } from "../secret/sops-secret.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, fleetObjects } from "./objects.ts";
import { requiredSecrets } from "./tenant-secrets.ts";

/** One object that another needs, and the key in it if only one will do. */
export interface Reference {
  kind: string;
  namespace: string;
  name: string;
  key?: string;
}

/** One name for an object of a cluster. */
export function where(cluster: string, { kind, namespace, name }: Omit<Reference, "key">): string {
  return [cluster, kind, namespace, name].join("\0");
}

/** What is rendered, with the keys of ConfigMaps and Secrets; Secrets that the operator makes are among them. */
export function heldObjects(fleet: Fleet): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { cluster, id, object } of fleetObjects(fleet)) {
    const keys = ["data", "stringData", "binaryData"].flatMap((field) => Object.keys(objectAt(object, field)));
    found.set(where(cluster, id), new Set(keys));
    if (id.kind !== "SopsSecret") continue;
    for (const { name, keys: own } of secretsOf(object))
      found.set(where(cluster, { kind: "Secret", namespace: id.namespace, name }), new Set(own));
  }
  return found;
}

/** Secrets that something rendered refers to, or that a role requires, and that are not there or lack the key. */
export function missingSecrets(fleet: Fleet): WantedSecret[] {
  const held = heldObjects(fleet);
  const referred = secretReferences(fleet).filter((reference) => {
    const keys = held.get(where(reference.cluster, { ...reference, kind: "Secret" }));
    return keys === undefined || (reference.key !== undefined && !keys.has(reference.key));
  });
  const required = requiredSecrets(fleet).filter(
    ({ cluster, namespace, name }) => !held.has(where(cluster, { kind: "Secret", namespace, name })),
  );
  return [
    ...gather(referred),
    ...required.map(({ cluster, namespace, name }) => ({
      cluster,
      namespace,
      name,
      keys: [],
      readers: [],
      user: namespace,
    })),
  ];
}

/** Every reference to a Secret, and the service whose Application makes it. */
export function secretReferences(fleet: Fleet): SecretReference[] {
  return [...fleetObjects(fleet)].flatMap((deployed) =>
    [...references(deployed)]
      .filter(({ kind }) => kind === "Secret")
      .map(({ namespace, name, key }) => ({
        cluster: deployed.cluster,
        namespace,
        name,
        key,
        reader: path.posix.basename(deployed.application.folder ?? deployed.application.name),
      })),
  );
}

/** All that an object needs to be there. */
export function* references({ id, object, pods }: DeployedObject): Iterable<Reference> {
  const own = (kind: string, name: string | undefined, key?: string): Reference[] =>
    name === undefined ? [] : [{ kind, namespace: id.namespace, name, ...(key === undefined ? {} : { key }) }];
  for (const { spec: pod } of pods) {
    // "default" is made by Kubernetes itself.
    const account = stringAt(pod, "serviceAccountName");
    if (account !== "default") yield* own("ServiceAccount", account);
    for (const secret of listAt(pod, "imagePullSecrets"))
      yield* own("Secret", stringAt(secret, "name"), ".dockerconfigjson");
    for (const volume of listAt(pod, "volumes")) {
      yield* own("ConfigMap", stringAt(volume, "configMap", "name"));
      yield* own("Secret", stringAt(volume, "secret", "secretName"));
    }
    for (const container of containers(pod)) {
      for (const from of listAt(container, "envFrom")) {
        yield* own("ConfigMap", stringAt(from, "configMapRef", "name"));
        yield* own("Secret", stringAt(from, "secretRef", "name"));
      }
      for (const variable of listAt(container, "env")) {
        for (const [field, kind] of [
          ["secretKeyRef", "Secret"],
          ["configMapKeyRef", "ConfigMap"],
        ] as const) {
          const from = objectAt(variable, "valueFrom", field);
          yield* own(kind, stringAt(from, "name"), stringAt(from, "key"));
        }
      }
    }
  }
  if (id.kind === "HTTPRoute") {
    for (const parent of listAt(object, "spec", "parentRefs")) {
      yield {
        kind: "Gateway",
        namespace: stringAt(parent, "namespace") ?? id.namespace,
        name: stringAt(parent, "name") ?? "",
      };
    }
    for (const rule of listAt(object, "spec", "rules")) {
      for (const backend of listAt(rule, "backendRefs")) yield* own("Service", stringAt(backend, "name"));
    }
  }
  if (id.kind === "ConfigMap") {
    for (const value of Object.values(objectAt(object, "data"))) {
      const host = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/.exec(
        typeof value === "string" ? value : "",
      );
      if (host !== null) yield { kind: "Service", namespace: host[2]!, name: host[1]! };
    }
  }
}
