/**
 * Read in OT-CONTAINER-KIT/redis-operator at 5dd04e17 of 2026-08-21 (after v0.26.0): internal/controller/common/{constants,labels}.go,
 * internal/controller/redisreplication/redisreplication_sentinel.go, internal/k8sutils/{labels,redis-replication,redis-sentinel,services,statefulset}.go.
 * A container of Redis lists no port unless it has one of its node; the exporter and an embedded Sentinel list theirs.
 */
import { at, type Json, type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { claimsAt, container, type Labels, nameOf, numberAt, service, workload } from "./made.ts";

const labelsOf = (resource: JsonObject, app: string, setup: string, role: string): Labels => ({
  app,
  redis_setup_type: setup,
  role,
  ...(objectAt(resource, "metadata", "labels") as Labels),
});

/** The container of the exporter, and the port that Services have for it. */
function exporterOf(spec: JsonObject): { containers: JsonObject[]; ports: Record<string, number> } {
  if (at(spec, "redisExporter", "enabled") !== true) return { containers: [], ports: {} };
  const ports = { "redis-exporter": numberAt(spec, 9121, "redisExporter", "port") };
  return { containers: [container("redis-exporter", ports, at(spec, "redisExporter", "resources"))], ports };
}

const secretsOf = (spec: JsonObject) => [
  stringAt(spec, "kubernetesConfig", "redisSecret", "name"),
  stringAt(spec, "TLS", "secret", "secretName"),
  stringAt(spec, "acl", "secret", "secretName"),
];

/** Which pod is the master is a label that each gets when it runs. */
export function redisReplication(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const labels = labelsOf(resource, name, "replication", "replication");
  const exporter = exporterOf(spec);
  const size = numberAt(spec, 3, "clusterSize");
  const pods = (role: "master" | "slave", replicas: number) =>
    workload({
      name: role === "master" ? name : `${name}-replica`,
      replicas,
      labels: { ...labels, "redis-role": role },
      account: stringAt(spec, "serviceAccountName"),
      containers: [container(name, { "": 6379 }, at(spec, "kubernetesConfig", "resources")), ...exporter.containers],
      secrets: secretsOf(spec),
      claims: claimsAt(spec, "storage", "volumeClaimTemplate"),
    });
  const client = { "redis-client": 6379 };
  return [
    pods("master", 1),
    ...(size > 1 ? [pods("slave", size - 1)] : []),
    service(name, labels, { ...client, ...exporter.ports }),
    service(`${name}-headless`, labels, client),
    service(`${name}-additional`, labels, client),
    service(`${name}-master`, { ...labels, "redis-role": "master" }, client),
    service(`${name}-replica`, { ...labels, "redis-role": "slave" }, client),
    ...(exporter.containers.length > 0 ? [service(`${name}-metrics`, labels, exporter.ports)] : []),
    ...embeddedSentinel(resource, at(spec, "sentinel")),
  ];
}

function embeddedSentinel(resource: JsonObject, sentinel: Json | undefined): JsonObject[] {
  const size = numberAt(sentinel, 0, "size");
  if (size === 0) return [];
  const name = `${nameOf(resource)}-s`;
  const labels = labelsOf(resource, name, "sentinel", "sentinel");
  return [
    workload({
      name,
      replicas: size,
      labels,
      account: stringAt(sentinel, "serviceAccountName"),
      containers: [container("sentinel", { sentinel: 26_379 }, at(sentinel, "resources"))],
      secrets: [stringAt(sentinel, "redisSecret", "name")],
    }),
    service(`${name}-hl`, labels, { sentinel: 26_379 }),
  ];
}

export function redisSentinel(resource: JsonObject): JsonObject[] {
  const name = `${nameOf(resource)}-sentinel`;
  const spec = objectAt(resource, "spec");
  const labels = labelsOf(resource, name, "sentinel", "sentinel");
  const exporter = exporterOf(spec);
  const client = { "sentinel-client": 26_379 };
  return [
    workload({
      name,
      replicas: numberAt(spec, 3, "clusterSize"),
      labels,
      account: stringAt(spec, "serviceAccountName"),
      containers: [container(name, { "": 26_379 }, at(spec, "kubernetesConfig", "resources")), ...exporter.containers],
      secrets: [
        ...secretsOf(spec),
        stringAt(spec, "redisSentinelConfig", "redisReplicationPassword", "secretKeyRef", "name"),
      ],
    }),
    service(name, labels, { ...client, ...exporter.ports }),
    service(`${name}-headless`, labels, client),
    service(`${name}-additional`, labels, client),
  ];
}
