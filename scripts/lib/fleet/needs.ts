import { at, type Json, listAt, objectAt, stringAt } from "../core/json.ts";
import { containers } from "../model/pods.ts";
import { ofCustomResource } from "./custom-needs.ts";
import type { DeployedObject } from "./objects.ts";

/** One object that another needs, and the key in it if only one will do. */
export interface Reference {
  kind: string;
  /** Empty for what is cluster-wide. */
  namespace: string;
  name: string;
  key?: string;
  /** Kubernetes goes on where it is missing. */
  optional?: boolean;
}

/** Names a kind in the object's own namespace; nothing where no name is given. */
export type Own = (kind: string, name: string | undefined, more?: Pick<Reference, "key" | "optional">) => Reference[];

/** ClusterRoles that every cluster has. */
const builtinRoles = /^(admin|cluster-admin|edit|view|system:.*)$/;

/** Several rules ask of the same objects. */
const known = new WeakMap<DeployedObject, readonly Reference[]>();

/** Roles that every cluster has in kube-system. */
const builtinSystemRoles = /^(extension-apiserver-authentication-reader|system:.*)$/;

/** All that an object needs to be there. */
export function references(deployed: DeployedObject): readonly Reference[] {
  let found = known.get(deployed);
  if (found === undefined) known.set(deployed, (found = [...needs(deployed)]));
  return found;
}

function* needs({ id, object, pods }: DeployedObject): Iterable<Reference> {
  const own: Own = (kind, name, more = {}) =>
    name === undefined || name === "" ? [] : [{ kind, namespace: id.namespace, name, ...more }];
  for (const { spec } of pods) yield* ofPod(spec, own);
  yield* ofPolicyTargets(object, own);
  yield* ofCustomResource(id.kind, object, own);
  switch (id.kind) {
    case "ClusterRoleBinding":
    case "RoleBinding": {
      const role = stringAt(object, "roleRef", "name") ?? "";
      if (stringAt(object, "roleRef", "kind") === "Role") {
        if (id.namespace !== "kube-system" || !builtinSystemRoles.test(role)) yield* own("Role", role);
      } else if (!builtinRoles.test(role)) yield { kind: "ClusterRole", namespace: "", name: role };
      break;
    }
    case "ConfigMap":
      yield* ofHosts(object);
      break;
    case "Ingress":
      yield* ofIngress(object, own);
      break;
    case "GRPCRoute":
    case "HTTPRoute":
    case "TCPRoute":
    case "TLSRoute":
      yield* ofRoute(object, id.namespace, own);
      break;
    case "ServiceAccount":
      for (const secret of listAt(object, "imagePullSecrets"))
        yield* own("Secret", stringAt(secret, "name"), { key: ".dockerconfigjson" });
      break;
    case "MutatingWebhookConfiguration":
    case "ValidatingWebhookConfiguration":
      for (const webhook of listAt(object, "webhooks")) yield* service(at(webhook, "clientConfig", "service"));
      break;
    case "APIService":
      yield* service(at(object, "spec", "service"));
      break;
  }
}

function* ofPod(pod: Json, own: Own): Iterable<Reference> {
  // "default" is made by Kubernetes itself. serviceAccount is the old name of the same field.
  const account = stringAt(pod, "serviceAccountName") ?? stringAt(pod, "serviceAccount");
  if (account !== "default") yield* own("ServiceAccount", account);
  for (const secret of listAt(pod, "imagePullSecrets"))
    yield* own("Secret", stringAt(secret, "name"), { key: ".dockerconfigjson" });
  for (const volume of listAt(pod, "volumes")) {
    yield* ofItems(at(volume, "configMap"), "ConfigMap", "name", own);
    yield* ofItems(at(volume, "secret"), "Secret", "secretName", own);
    for (const source of listAt(volume, "projected", "sources")) {
      yield* ofItems(at(source, "configMap"), "ConfigMap", "name", own);
      yield* ofItems(at(source, "secret"), "Secret", "name", own);
    }
    yield* own("PersistentVolumeClaim", stringAt(volume, "persistentVolumeClaim", "claimName"));
    yield* own("Secret", stringAt(volume, "csi", "nodePublishSecretRef", "name"));
  }
  for (const container of containers(objectAt(pod))) {
    for (const from of listAt(container, "envFrom")) {
      yield* ofItems(at(from, "configMapRef"), "ConfigMap", "name", own);
      yield* ofItems(at(from, "secretRef"), "Secret", "name", own);
    }
    for (const variable of listAt(container, "env")) {
      yield* ofKey(at(variable, "valueFrom", "configMapKeyRef"), "ConfigMap", own);
      yield* ofKey(at(variable, "valueFrom", "secretKeyRef"), "Secret", own);
    }
  }
}

/** A source that takes an object as a whole, or the keys that its items name. */
function* ofItems(source: Json | undefined, kind: string, field: string, own: Own): Iterable<Reference> {
  const name = stringAt(source, field);
  const optional = isOptional(source);
  yield* own(kind, name, optional);
  for (const item of listAt(source, "items")) {
    const key = stringAt(item, "key");
    if (key !== undefined) yield* own(kind, name, { key, ...optional });
  }
}

function* ofKey(source: Json | undefined, kind: string, own: Own): Iterable<Reference> {
  const key = stringAt(source, "key");
  yield* own(kind, stringAt(source, "name"), { ...(key === undefined ? {} : { key }), ...isOptional(source) });
}

function isOptional(source: Json | undefined): { optional?: true } {
  return at(source, "optional") === true ? { optional: true } : {};
}

function* ofIngress(object: Json, own: Own): Iterable<Reference> {
  const paths = listAt(object, "spec", "rules").flatMap((rule) => listAt(rule, "http", "paths"));
  for (const backend of [at(object, "spec", "defaultBackend"), ...paths.map((path) => at(path, "backend"))])
    yield* own("Service", stringAt(backend, "service", "name"));
  for (const tls of listAt(object, "spec", "tls")) yield* own("Secret", stringAt(tls, "secretName"));
}

/** Gateways it hangs on, backends it leads to or copies to, and filters of other kinds. */
function* ofRoute(object: Json, namespace: string, own: Own): Iterable<Reference> {
  const elsewhere = (reference: Json | undefined, usual: string): Reference[] => {
    const name = stringAt(reference, "name");
    const kind = stringAt(reference, "kind") ?? usual;
    return name === undefined ? [] : [{ kind, namespace: stringAt(reference, "namespace") ?? namespace, name }];
  };
  for (const parent of listAt(object, "spec", "parentRefs")) yield* elsewhere(parent, "Gateway");
  for (const rule of listAt(object, "spec", "rules")) {
    const backends = listAt(rule, "backendRefs");
    for (const backend of backends) yield* elsewhere(backend, "Service");
    for (const filter of [rule, ...backends].flatMap((holder) => listAt(holder, "filters"))) {
      yield* elsewhere(at(filter, "requestMirror", "backendRef"), "Service");
      yield* own(stringAt(filter, "extensionRef", "kind") ?? "", stringAt(filter, "extensionRef", "name"));
    }
  }
}

/** What a policy of the Gateway API is attached to: objects of its namespace. */
function* ofPolicyTargets(object: Json, own: Own): Iterable<Reference> {
  for (const target of [at(object, "spec", "targetRef") ?? {}, ...listAt(object, "spec", "targetRefs")])
    yield* own(stringAt(target, "kind") ?? "", stringAt(target, "name"));
}

/** Hosts of Services in the settings of a program. */
function* ofHosts(object: Json): Iterable<Reference> {
  for (const value of Object.values(objectAt(object, "data"))) {
    const host = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/.exec(typeof value === "string" ? value : "");
    if (host !== null) yield { kind: "Service", namespace: host[2]!, name: host[1]! };
  }
}

function* service(reference: Json | undefined): Iterable<Reference> {
  const name = stringAt(reference, "name");
  if (name !== undefined) yield { kind: "Service", namespace: stringAt(reference, "namespace") ?? "", name };
}
