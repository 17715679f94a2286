import { dashboard } from "./dashboard.ts";
import { lines, stat } from "./panels.ts";

const here = `namespace="stores"`;
const rate = (metric: string, label: string) => `sum by (${label}) (rate(${metric}{${here}}[$__rate_interval]))`;
const max = (metric: string, label = "pod") => `max by (${label}) (${metric}{${here}})`;

export const stores = dashboard(
  "murima-stores",
  "Stores",
  "PostgreSQL, RabbitMQ and Redis as operators run them; of managed ones the provider has the metrics.",
  [],
  [
    stat("PostgreSQL: instances up", "short", `sum(cnpg_collector_up{${here}})`, {
      warning: 2,
      critical: 1,
      isFloor: true,
    }),
    stat("RabbitMQ: nodes", "short", `count(rabbitmq_build_info{${here}})`, { warning: 3, critical: 2, isFloor: true }),
    stat("RabbitMQ: messages that wait", "short", `sum(rabbitmq_queue_messages_ready{${here}})`, {
      warning: 1000,
      critical: 10_000,
    }),
    stat("Redis: instances up", "short", `sum(redis_up{${here}})`, { warning: 2, critical: 1, isFloor: true }),
    lines(
      "PostgreSQL: connections, of those it takes",
      "percentunit",
      {
        "{{pod}}": `sum by (pod) (cnpg_backends_total{${here}}) / max by (pod) (cnpg_pg_settings_setting{${here}, name="max_connections"})`,
      },
      { warning: 0.7, critical: 0.85 },
    ),
    lines("PostgreSQL: connections by user", "short", {
      "{{usename}}": `sum by (usename) (cnpg_backends_total{${here}})`,
    }),
    lines(
      "PostgreSQL: behind the primary",
      "s",
      { "{{pod}}": max("cnpg_pg_replication_lag") },
      { warning: 10, critical: 60 },
    ),
    lines("PostgreSQL: transactions", "ops", {
      "{{datname}} committed": rate("cnpg_pg_stat_database_xact_commit", "datname"),
      "{{datname}} rolled back": rate("cnpg_pg_stat_database_xact_rollback", "datname"),
    }),
    lines("PostgreSQL: size", "bytes", { "{{datname}}": max("cnpg_pg_database_size_bytes", "datname") }),
    lines("PostgreSQL: files to be archived", "short", {
      "{{pod}}": `max by (pod) (cnpg_collector_pg_wal_archive_status{${here}, value="ready"})`,
    }),
    lines("RabbitMQ: messages that wait", "short", {
      "{{queue}}": max("rabbitmq_detailed_queue_messages_ready", "queue"),
    }),
    lines("RabbitMQ: consumers", "short", { "{{queue}}": max("rabbitmq_detailed_queue_consumers", "queue") }),
    lines("RabbitMQ: messages", "ops", {
      "received, {{pod}}": rate("rabbitmq_global_messages_received_total", "pod"),
      "acknowledged, {{pod}}": rate("rabbitmq_global_messages_acknowledged_total", "pod"),
      "redelivered, {{pod}}": rate("rabbitmq_global_messages_redelivered_total", "pod"),
    }),
    lines(
      "RabbitMQ: memory, of the limit",
      "percentunit",
      {
        "{{pod}}": `${max("rabbitmq_process_resident_memory_bytes")} / ${max("rabbitmq_resident_memory_limit_bytes")}`,
      },
      { warning: 0.8, critical: 1 },
    ),
    lines(
      "Redis: memory, of the limit",
      "percentunit",
      { "{{pod}}": `${max("redis_memory_used_bytes")} / (${max("redis_memory_max_bytes")} > 0)` },
      { warning: 0.85, critical: 0.95 },
    ),
    lines("Redis: hits, of what is asked for", "percentunit", {
      "{{pod}}": `${rate("redis_keyspace_hits_total", "pod")} / (${rate("redis_keyspace_hits_total", "pod")} + ${rate("redis_keyspace_misses_total", "pod")})`,
    }),
    lines("Redis: commands", "ops", { "{{pod}}": rate("redis_commands_processed_total", "pod") }),
    lines("Redis: clients", "short", {
      "connected, {{pod}}": max("redis_connected_clients"),
      "blocked, {{pod}}": max("redis_blocked_clients"),
    }),
  ],
);
