/**
 * Read in cloudnative-pg v1.30.1: pkg/specs/{pods,services,secrets}.go, pkg/specs/pgbouncer/{deployments,services}.go,
 * pkg/management/url/url.go, api/v1/cluster_{funcs,types}.go.
 */
import { at, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";
import {
  account,
  claim,
  container,
  keyed,
  type Labels,
  nameOf,
  numberAt,
  service,
  withGiven,
  workload,
} from "./made.ts";

/** Its pods are made one by one, and the role of each is a label that it gets when it runs. */
export function postgresqlCluster(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const instances = numberAt(spec, 1, "instances");
  const all: Labels = {
    ...(objectAt(spec, "inheritedMetadata", "labels") as Labels),
    "app.kubernetes.io/component": "database",
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/managed-by": "cloudnative-pg",
    "app.kubernetes.io/name": "postgresql",
    "cnpg.io/cluster": name,
    "cnpg.io/podRole": "instance",
  };
  const given = {
    server: stringAt(spec, "certificates", "serverTLSSecret"),
    serverCa: stringAt(spec, "certificates", "serverCASecret"),
    client: stringAt(spec, "certificates", "replicationTLSSecret"),
    clientCa: stringAt(spec, "certificates", "clientCASecret"),
  };
  const superuser = stringAt(spec, "superuserSecret", "name");
  const application = ["initdb", "recovery", "pg_basebackup"]
    .map((way) => stringAt(spec, "bootstrap", way, "secret", "name"))
    .find((secret) => secret !== undefined);
  const passwords = listAt(spec, "managed", "roles").map((role) => stringAt(role, "passwordSecret", "name"));
  const own = stringAt(spec, "serviceAccountName");
  const pods = (role: "primary" | "replica", replicas: number) =>
    workload({
      name: role === "primary" ? name : `${name}-replica`,
      replicas,
      labels: { ...all, "cnpg.io/instanceRole": role, role },
      account: own ?? name,
      containers: [container("postgres", { postgresql: 5432, metrics: 9187, status: 8000 }, at(spec, "resources"))],
      secrets: [...Object.values(given), superuser, application, ...passwords],
      claims: [
        claim("pgdata", at(spec, "storage", "size"), at(spec, "storage", "storageClass")),
        ...(at(spec, "walStorage") === undefined
          ? []
          : [claim("pgwal", at(spec, "walStorage", "size"), at(spec, "walStorage", "storageClass"))]),
      ],
    });
  const off = stringsAt(spec, "managed", "services", "disabledDefaultServices");
  const to = (suffix: string, selector: Labels) =>
    off.includes(suffix)
      ? []
      : [service(`${name}-${suffix}`, { "cnpg.io/cluster": name, ...selector }, { postgres: 5432 }, all)];
  const user = [
    "username",
    "user",
    "password",
    "dbname",
    "host",
    "port",
    "pgpass",
    "uri",
    "jdbc-uri",
    "fqdn-uri",
    "fqdn-jdbc-uri",
  ];
  return [
    pods("primary", 1),
    ...(instances > 1 ? [pods("replica", instances - 1)] : []),
    ...to("rw", { "cnpg.io/instanceRole": "primary" }),
    ...to("r", { "cnpg.io/podRole": "instance" }),
    // With one instance it leads nowhere.
    ...to("ro", { "cnpg.io/instanceRole": "replica" }),
    ...(own === undefined ? [account(name)] : []),
    ...(application === undefined ? [keyed("Secret", `${name}-app`, ...user)] : []),
    ...(at(spec, "enableSuperuserAccess") === true && superuser === undefined
      ? [keyed("Secret", `${name}-superuser`, ...user)]
      : []),
    ...(given.serverCa === undefined || given.clientCa === undefined
      ? [keyed("Secret", `${name}-ca`, "ca.crt", "ca.key")]
      : []),
    ...(given.server === undefined ? [keyed("Secret", `${name}-server`, "tls.crt", "tls.key")] : []),
    ...(given.client === undefined ? [keyed("Secret", `${name}-replication`, "tls.crt", "tls.key")] : []),
  ];
}

export function postgresqlPooler(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const cluster = stringAt(spec, "cluster", "name") ?? "";
  const pgbouncer = { "cnpg.io/poolerName": name };
  const labels: Labels = {
    ...(objectAt(spec, "template", "metadata", "labels") as Labels),
    ...pgbouncer,
    "app.kubernetes.io/component": "pooler",
    "app.kubernetes.io/instance": cluster,
    "app.kubernetes.io/managed-by": "cloudnative-pg",
    "app.kubernetes.io/name": "postgresql",
    "cnpg.io/cluster": cluster,
    "cnpg.io/podRole": "pooler",
  };
  const made = container("pgbouncer", { pgbouncer: 5432, metrics: 9127 });
  return [
    workload({
      kind: "Deployment",
      name,
      replicas: numberAt(spec, 1, "instances"),
      labels,
      account: stringAt(spec, "serviceAccountName") ?? name,
      containers: withGiven([made], listAt(spec, "template", "spec", "containers")),
    }),
    service(name, pgbouncer, { pgbouncer: [5432, "pgbouncer"] }, labels),
    ...(at(spec, "serviceAccountName") === undefined ? [account(name)] : []),
  ];
}
