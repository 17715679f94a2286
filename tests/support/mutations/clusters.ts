import type { TestFiles } from "../repository.ts";
import type { Mutation } from "./mutation.ts";

const one = "dev-shared";
const other = "staging-shared";
const facts = (cluster: string) => `clusters/${cluster}/facts/cluster.yaml`;
const values = (cluster: string) => `clusters/${cluster}/values.yaml`;
const domain = /(?<=mode: managed\n {4}domain: ).*/;
const range = /(?<=cidrs:\n {6}- ).*/;

/** What one cluster's facts say, by a pattern of where it stands. */
async function said(fleet: TestFiles, cluster: string, what: RegExp): Promise<string> {
  return what.exec(await fleet.read(facts(cluster)))![0];
}

/** Declares in the facts of a cluster that it shares its stores. */
async function share(fleet: TestFiles, cluster: string, partner: string): Promise<void> {
  const shared = `    shared:\n      with:\n        - ${partner}\n      reason: one team, one data set\n`;
  await fleet.edit(facts(cluster), "    mode: managed\n", `    mode: managed\n${shared}`);
}

async function copy(fleet: TestFiles, what: RegExp): Promise<void> {
  const [is, wanted] = [await said(fleet, other, what), await said(fleet, one, what)];
  await fleet.edit(facts(other), what, wanted);
  // What is generated of it goes along.
  if (what === domain) await fleet.edit(`clusters/${other}/stores/postgresql/accounts.patch.yaml`, is, wanted);
}

/** Of rules about the facts of clusters: a fixture each, named after the rule. */
export const clusterMutations: Record<string, Mutation> = {
  "aws-account": {
    break: (fleet) => fleet.edit(facts(one), /iam::\d+(?=:role\/dev-shared-external-dns)/, "iam::999999999999"),
    expected: { file: facts(one), line: 68 },
  },
  "cluster-peer": {
    clusters: ["prod-hybrid", "prod-hybrid-site"],
    break: (fleet) => fleet.edit(facts("prod-hybrid"), "nodes: 10.48.0.0/16", "nodes: 10.47.0.0/16"),
    expected: { file: facts("prod-hybrid"), line: 64 },
  },
  "cluster-retired": {
    break: async (fleet) => {
      const key = /ageRecipient: (.*)/.exec(await fleet.read(facts(one)))![1]!;
      await fleet.manifest(
        "clusters/gone/retired.yaml",
        `apiVersion: gitops.murima2025.com/v1
kind: Retirement
metadata:
  name: gone
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  environment: dev
  model: multi-tenant
  domain: gone.example
  ageRecipient: ${key}
  reason: another took its place
  retired: "2026-11-20"
  backups: []
`,
      );
    },
    expected: { file: facts(one) },
  },
  "connection-budget": {
    break: (fleet) => fleet.edit(facts(one), "postgresql: 3000", "postgresql: 119"),
    expected: { file: facts(one), line: 43 },
  },
  "literal-range": {
    async break(fleet) {
      await fleet.values(
        values(one),
        `stores:\n  redis:\n    cidrs:\n      - 10.200.0.0/16\n      - ${await said(fleet, one, range)}\n`,
      );
    },
    expected: { file: values(one), line: 7 },
  },
  "peer-certificate": {
    clusters: ["prod-hybrid", "prod-hybrid-site"],
    break: (fleet) =>
      fleet.edit(
        "apps/platform/gateway/components/internal/clienttrafficpolicy.yaml",
        /      caCertificateRefs:\n(?: {8}.*\n)+/,
        "",
      ),
    expected: { file: "apps/platform/gateway/components/internal/clienttrafficpolicy.yaml" },
  },
  "peer-generated": {
    clusters: ["prod-hybrid", "prod-hybrid-site"],
    break: (fleet) =>
      fleet.edit(
        "clusters/prod-hybrid/platform/gateway/peer.yaml",
        "hostname: auth-service.dc1.murima.hybrid.example\n            port",
        "hostname: auth-service.elsewhere.example\n            port",
      ),
    expected: { file: "clusters/prod-hybrid/platform/gateway/peer.yaml" },
  },
  "split-store": {
    clusters: ["prod-hybrid", "prod-hybrid-site"],
    break: (fleet) => fleet.edit(facts("prod-hybrid"), /    stores:\n      redis:\n.*\n.*\n/, ""),
    expected: { file: facts("prod-hybrid"), line: 62 },
  },
  "store-generated": {
    break: (fleet) => fleet.edit(`clusters/${one}/stores/redis/accounts.yaml`, "~case-service:*", "~*"),
    expected: { file: `clusters/${one}/stores/redis/accounts.yaml` },
  },
  "store-owner": {
    clusters: [one, other],
    break: (fleet) => copy(fleet, domain),
    expected: { file: facts(other), line: 39 },
  },
};

/** Other ways to break the rule of stores. */
export const storeMutations: Record<string, Mutation["break"]> = {
  "the range of another cluster": (fleet) => copy(fleet, range),
  "a host below another's domain": async (fleet) => {
    const host = `redis.${await said(fleet, one, domain)}`;
    await fleet.values(values(other), `stores:\n  redis:\n    host: ${host}\n`);
  },
  "a host that two clusters state": async (fleet) => {
    for (const cluster of [one, other])
      await fleet.values(values(cluster), "stores:\n  redis:\n    host: redis.shared.example\n");
  },
  "sharing that only one declares": async (fleet) => {
    await copy(fleet, domain);
    await share(fleet, other, one);
  },
  "sharing of what is not in common": async (fleet) => {
    await share(fleet, one, other);
    await share(fleet, other, one);
  },
};

/** The same meant well: nothing may be found. */
export const storeTwins: Record<string, Mutation["break"]> = {
  "sharing that both declare": async (fleet) => {
    await copy(fleet, domain);
    await copy(fleet, range);
    await share(fleet, one, other);
    await share(fleet, other, one);
  },
  "a store elsewhere, at a range that is in no facts": (fleet) =>
    fleet.values(
      values(one),
      "# Not 10.16.128.0/20, where the others are.\nstores:\n  redis:\n    host: redis.example.com\n    cidrs:\n      - 10.200.0.0/16\n",
    ),
  "a store of its own in each of two clusters": async (fleet) => {
    const elsewhere = "    host: redis-0.redis.stores.svc.cluster.local\n    cidrs:\n      - 10.200.0.0/16\n";
    for (const cluster of [one, other]) await fleet.values(values(cluster), `stores:\n  redis:\n${elsewhere}`);
  },
};

/** Clusters that those are about. */
export const storeClusters = [one, other];
