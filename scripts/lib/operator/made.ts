import { at, isObject, type Json, type JsonObject, listAt, stringAt } from "../core/json.ts";

/**
 * Objects that an operator makes of a custom resource, as far as others depend on them: pods by labels, ports, resources
 * and what they need, Services by selector and ports, names and keys of Secrets and ConfigMaps. Namespaces are left out: all
 * of it is where the resource is.
 */
export type Operator = (resource: JsonObject) => JsonObject[];

export type Labels = Record<string, string>;

/** A port by its name: the number, or number and protocol. Without a name it is one that is listened on and nowhere listed. */
type Ports = Readonly<Record<string, number | readonly [port: number, protocol: "TCP" | "UDP"]>>;

export const nameOf = (resource: Json) => stringAt(resource, "metadata", "name") ?? "";

export const numberAt = (value: Json | undefined, fallback: number, ...path: string[]): number => {
  const found = at(value, ...path);
  return typeof found === "number" ? found : fallback;
};

/** The template of claims that a resource has, if it has one. */
export const claimsAt = (value: Json | undefined, ...path: string[]): Json[] => {
  const found = at(value, ...path);
  return found === undefined ? [] : [found];
};

interface Workload {
  /** What its pods are made by; an operator that makes pods itself is described as a StatefulSet. */
  kind?: "DaemonSet" | "Deployment" | "StatefulSet";
  name: string;
  replicas: number;
  labels: Labels;
  account?: string | undefined;
  containers: JsonObject[];
  /** Names of Secrets that the pods, or the operator for them, don't get on without. */
  secrets?: readonly (string | undefined)[];
  claims?: readonly Json[];
}

export function workload({
  kind = "StatefulSet",
  name,
  replicas,
  labels,
  account,
  containers,
  secrets = [],
  claims = [],
}: Workload): JsonObject {
  const volumes = secrets
    .filter((secretName) => secretName !== undefined)
    .map((secretName) => ({ secret: { secretName } }));
  const spec = {
    ...(account === undefined ? {} : { serviceAccountName: account }),
    containers,
    ...(volumes.length === 0 ? {} : { volumes }),
  };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      ...(claims.length === 0 ? {} : { volumeClaimTemplates: [...claims] }),
    },
  };
}

export function container(name: string, ports: Ports, resources?: Json): JsonObject {
  return {
    name,
    ports: Object.entries(ports).map(([own, port]): JsonObject => ({
      ...(own === "" ? {} : { name: own }),
      ...(typeof port === "number" ? { containerPort: port } : { containerPort: port[0], protocol: port[1] }),
    })),
    ...(resources === undefined ? {} : { resources }),
  };
}

/** Containers with what a resource says of them: by name, its fields in place of ours, its ports beside. */
export function withGiven(made: readonly JsonObject[], given: readonly Json[]): JsonObject[] {
  const own = given.filter(isObject);
  const named = (name: Json | undefined) => own.find((other) => other["name"] === name);
  return [
    ...made.map((base) => {
      const more = named(base["name"]);
      return more === undefined
        ? base
        : { ...base, ...more, ports: [...listAt(base, "ports"), ...listAt(more, "ports")] };
    }),
    ...own.filter(({ name }) => !made.some((base) => base["name"] === name)),
  ];
}

/** A Service: each port leads to the same port of the pods, unless it says another. */
export function service(
  name: string,
  selector: Labels,
  ports: Readonly<Record<string, number | readonly [port: number, target: number | string]>>,
  labels: Labels = selector,
): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels },
    spec: {
      selector,
      ports: Object.entries(ports).map(([own, port]): JsonObject =>
        typeof port === "number" ? { name: own, port } : { name: own, port: port[0], targetPort: port[1] },
      ),
    },
  };
}

/** A Secret or ConfigMap with these keys; what is in them nobody knows before. */
export function keyed(kind: "ConfigMap" | "Secret", name: string, ...keys: string[]): JsonObject {
  return { apiVersion: "v1", kind, metadata: { name }, data: Object.fromEntries(keys.map((key) => [key, ""])) };
}

export function account(name: string): JsonObject {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } };
}

/** A claim for a volume, as a StatefulSet has it. */
export function claim(name: string, size: Json | undefined, storageClassName: Json | undefined): JsonObject {
  return {
    metadata: { name },
    spec: {
      ...(storageClassName === undefined ? {} : { storageClassName }),
      ...(size === undefined ? {} : { resources: { requests: { storage: size } } }),
    },
  };
}
