import type { Mutation } from "./mutation.ts";

const operator = ["prod-site"];
const facts = "clusters/prod-site/facts/cluster.yaml";
const store = (name: string, file: string) => `apps/stores/${name}/${file}`;

/** Of rules about stores: a fixture each, named after the rule. */
export const ofStores: Record<string, Mutation> = {
  "backup-schedule": {
    clusters: operator,
    break: (fleet) => fleet.edit(store("postgresql", "backup/scheduledbackup.yaml"), "0 0 1 * * *", "0 1 * * *"),
    expected: { file: store("postgresql", "backup/scheduledbackup.yaml") },
  },
  "certificate-name": {
    clusters: operator,
    break: (fleet) =>
      fleet.edit(
        store("redis", "operator/certificate.yaml"),
        "redis-master.stores.svc.cluster.local",
        "redis-main.stores.svc.cluster.local",
      ),
    expected: { file: store("redis", "operator/certificate.yaml") },
  },
  "recovery-point": {
    clusters: operator,
    break: (fleet) =>
      fleet.edit(store("postgresql", "operator/cluster.yaml"), "archive_timeout: 5min", "archive_timeout: 120min"),
    expected: { file: store("postgresql", "operator/cluster.yaml") },
  },
  "recovery-order": {
    clusters: operator,
    break: (fleet) => fleet.edit("environments/prod/facts/environment.yaml", "takes: 90m", "takes: 111m"),
    expected: { file: "environments/prod/facts/environment.yaml" },
  },
  "restore-rehearsal": {
    clusters: operator,
    break: (fleet) =>
      fleet.edit(
        facts,
        /  rehearsals:\n.*\n/,
        `  rehearsals:
    next: "2027-02-26"
    last:
      postgresql:
        day: "2026-11-26"
        took: 5h
        lost: 5m
        by: the record of that day
`,
      ),
    expected: { file: facts },
  },
  "storage-encrypted": {
    break: (fleet) => fleet.edit("apps/platform/storage/storageclass.yaml", 'encrypted: "true"', 'encrypted: "false"'),
    expected: { file: "apps/platform/storage/storageclass.yaml" },
  },
  "store-account": {
    break: (fleet) => fleet.edit("apps/charts/service/templates/_account.tpl", 'printf "%s:" $name', "$name"),
    expected: { severity: "error" },
  },
  "store-quorum": {
    clusters: operator,
    break: (fleet) => fleet.edit(store("rabbitmq", "operator/rabbitmq.yaml"), "replicas: 3", "replicas: 2"),
    expected: { file: store("rabbitmq", "operator/rabbitmq.yaml") },
  },
};
