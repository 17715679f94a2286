/**
 * The configuration that CloudNativePG 1.30 writes for a rendered Cluster, as far as one server needs it.
 * Source: cloudnative-pg v1.30.0, pkg/postgres/configuration.go (CnpgConfigurationSettings, hbaTemplateString,
 * identTemplateString).
 */
import { objectAt, stringsAt } from "../../../scripts/lib/core/json.ts";

/** What a test machine can't have: 4 GiB of shared memory for one server. Nothing else of the Cluster is overridden. */
export const overridden = { shared_buffers: "64MB" };

/** Of the operator's own, what decides who gets in and what is archived; paths and logs are the test's. */
const operatorDefaults = {
  archive_timeout: "5min",
  full_page_writes: "on",
  max_parallel_workers: "32",
  max_replication_slots: "32",
  max_worker_processes: "32",
  ssl_max_protocol_version: "TLSv1.3",
  ssl_min_protocol_version: "TLSv1.3",
  wal_keep_size: "512MB",
  wal_level: "logical",
  wal_log_hints: "on",
};
const operatorFixed = { archive_mode: "on", hot_standby: "true", ssl: "on" };

export type Parameters = Readonly<Record<string, string>>;

/** Parameters of the one server; synchronous copies need a second. */
export function parametersOf(cluster: unknown): Parameters {
  const own = objectAt(cluster, "spec", "postgresql", "parameters") as Record<string, string>;
  return { ...operatorDefaults, ...own, ...operatorFixed, ...overridden };
}

/** pg_hba.conf: the operator's lines around the Cluster's. */
export function hbaOf(cluster: unknown): string {
  return [
    "local all cnpg_metrics_exporter peer map=cnpg_metrics_exporter",
    "local all all peer map=local",
    "hostssl postgres streaming_replica all cert map=cnpg_streaming_replica",
    "hostssl replication streaming_replica all cert map=cnpg_streaming_replica",
    "hostssl all cnpg_pooler_pgbouncer all cert map=cnpg_pooler_pgbouncer",
    ...stringsAt(cluster, "spec", "postgresql", "pg_hba"),
    "host all all all scram-sha-256",
    "",
  ].join("\n");
}

/** pg_ident.conf: who is who on the socket. */
export const identFor = (user: string) =>
  [
    `local ${user} postgres`,
    "cnpg_streaming_replica streaming_replica streaming_replica",
    "cnpg_pooler_pgbouncer cnpg_pooler_pgbouncer cnpg_pooler_pgbouncer",
    `cnpg_metrics_exporter ${user} cnpg_metrics_exporter`,
    "",
  ].join("\n");
