/**
 * Read in percona-server-mongodb-operator v1.23.0: pkg/naming/*.go, pkg/psmdb/{container,mongos,service,statefulset}.go,
 * pkg/apis/psmdb/v1/psmdb_{defaults,types}.go, pkg/controller/perconaservermongodb/{mgo,secrets}.go. Not described: arbiters, hidden and non-voting members, search, PMM.
 */
import { at, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { claim, container, keyed, type Labels, nameOf, numberAt, service, workload } from "./made.ts";

export function perconaMongodb(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const all: Labels = {
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/managed-by": "percona-server-mongodb-operator",
    "app.kubernetes.io/name": "percona-server-mongodb",
    "app.kubernetes.io/part-of": "percona-server-mongodb",
  };
  const isSharded = at(spec, "sharding", "enabled") === true;
  const sets = [
    ...listAt(spec, "replsets"),
    ...(isSharded ? [{ name: "cfg", ...objectAt(spec, "sharding", "configsvrReplSet") }] : []),
  ];
  // Its own users: made if they are not there, but ours are.
  const users = stringAt(spec, "secrets", "users");
  return [
    ...sets.flatMap((set) => replicaSet(name, spec, set, all, users)),
    ...(isSharded ? mongos(name, objectAt(spec, "sharding", "mongos"), all, users) : []),
    keyed("Secret", stringAt(spec, "secrets", "ssl") ?? `${name}-ssl`, "ca.crt", "tls.crt", "tls.key"),
    keyed("Secret", stringAt(spec, "secrets", "sslInternal") ?? `${name}-ssl-internal`, "ca.crt", "tls.crt", "tls.key"),
    keyed("Secret", stringAt(spec, "secrets", "key") ?? `${name}-mongodb-keyfile`, "mongodb-key"),
    keyed("Secret", stringAt(spec, "secrets", "encryptionKey") ?? `${name}-mongodb-encryption-key`, "encryption-key"),
    keyed("Secret", `internal.${name}-users`),
    ...(users === undefined ? [keyed("Secret", "percona-server-mongodb-users", ...userKeys)] : []),
  ];
}

/** Of users for monitoring, those of the other roles alike. */
const userKeys = ["MONGODB_CLUSTER_MONITOR_PASSWORD", "MONGODB_CLUSTER_MONITOR_USER"];

function replicaSet(name: string, spec: JsonObject, set: Json, all: Labels, users: string | undefined): JsonObject[] {
  const own = stringAt(set, "name") ?? "rs0";
  const port = numberAt(set, 27_017, "configuration", "port");
  const ofSet: Labels = { ...all, "app.kubernetes.io/replset": own };
  const volume = at(set, "volumeSpec", "persistentVolumeClaim");
  return [
    workload({
      name: `${name}-${own}`,
      replicas: numberAt(set, 3, "size"),
      labels: { ...(objectAt(set, "labels") as Labels), ...ofSet, "app.kubernetes.io/component": "mongod" },
      account: stringAt(set, "serviceAccountName"),
      containers: [
        container("mongod", { mongodb: port }, at(set, "resources")),
        ...(at(spec, "backup", "enabled") === true
          ? [container("backup-agent", {}, at(spec, "backup", "resources"))]
          : []),
        ...listAt(set, "sidecars").map((sidecar) => objectAt(sidecar)),
      ],
      secrets: [users],
      claims:
        volume === undefined
          ? []
          : [claim("mongod-data", at(volume, "resources", "requests", "storage"), at(volume, "storageClassName"))],
    }),
    service(`${name}-${own}`, ofSet, { mongodb: port }),
  ];
}

function mongos(name: string, spec: JsonObject, all: Labels, users: string | undefined): JsonObject[] {
  const labels = { ...all, "app.kubernetes.io/component": "mongos" };
  const port = numberAt(spec, 27_017, "port");
  return [
    workload({
      name: `${name}-mongos`,
      replicas: numberAt(spec, 3, "size"),
      labels: { ...(objectAt(spec, "labels") as Labels), ...labels },
      account: stringAt(spec, "serviceAccountName"),
      containers: [container("mongos", { mongos: port }, at(spec, "resources"))],
      secrets: [users],
    }),
    service(`${name}-mongos`, labels, { mongos: port }),
  ];
}
