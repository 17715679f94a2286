import { type Attack, commit, copies, grant, object, own } from "./attack.ts";

/** S-09: rendering. */
export const rendering: Attack[] = [
  {
    name: "S-09 another tenant's half",
    rule: "tenant-components",
    attack: (fleet) =>
      fleet.edit(
        `${own}/kustomization.yaml`,
        "  - ./settings.yaml\n",
        "  - ./settings.yaml\n  - ../../stark/prod-shared\n",
      ),
  },
  {
    name: "S-09 another tenant's facts",
    rule: "foreign-tree",
    attack: (fleet) => fleet.edit(`${own}/kustomization.yaml`, "  - ../facts\n", "  - ../../stark/facts\n"),
  },
  {
    name: "S-09 a grant by itself",
    rule: "foreign-tree",
    attack: (fleet) =>
      fleet.edit(`${own}/kustomization.yaml`, "components:\n", "components:\n  - ../../../apps/tenant/grant\n"),
  },
  {
    name: "S-09 facts of its own beside its settings",
    rule: "facts-folder",
    attack: commit(
      'apiVersion: gitops.murima2025.com/v1\nkind: Tenant\nmetadata:\n  name: stark\n  annotations:\n    config.kubernetes.io/local-config: "true"\n',
    ),
  },
  {
    name: "S-09 one more file in a grant",
    rule: "tenant-components",
    attack: async (fleet) => {
      await fleet.manifest(`${grant}/more.yaml`, object("v1", "ConfigMap", "  namespace: tenant-wonka\n"));
      await fleet.edit(`${grant}/kustomization.yaml`, "resources:\n", "resources:\n  - ./more.yaml\n");
    },
  },
  {
    name: "S-09 a patch in a grant",
    rule: "tenant-components",
    attack: async (fleet) =>
      fleet.write(
        `${grant}/kustomization.yaml`,
        `${await fleet.read(`${grant}/kustomization.yaml`)}patches:\n  - target:\n      kind: ResourceQuota\n    patch: |-\n      - op: replace\n        path: /spec/hard/pods\n        value: "900"\n`,
      ),
  },
  ...["https://example.com/base", "github.com/example/base?ref=main", "/etc", "../../../../.."].map(
    (target): Attack => ({
      name: `S-09 B-08 base ${target}`,
      rule: target.startsWith("..") ? "missing-file" : "kustomization-schema",
      attack: (fleet) =>
        fleet.edit(`${own}/kustomization.yaml`, "  - ./settings.yaml\n", `  - ./settings.yaml\n  - ${target}\n`),
    }),
  ),
  {
    name: "S-09 B-08 a generator that runs",
    rule: "kustomization-schema",
    attack: async (fleet) =>
      fleet.write(
        `${own}/kustomization.yaml`,
        `${await fleet.read(`${own}/kustomization.yaml`)}generators:\n  - ./ksops.yaml\n`,
      ),
  },
  {
    name: "S-09 a store of another namespace for its own copies",
    clusters: ["prod-shared-us"],
    rule: "tenant-values",
    attack: (fleet) =>
      fleet.edit(
        `${copies}/values.yaml`,
        "publicHost:",
        "stores:\n  redis:\n    host: redis.tenant-wonka.svc.cluster.local\n    port: 6379\n    tls: true\n    pods:\n      namespace: tenant-wonka\n      labels:\n        app: redis\npublicHost:",
      ),
  },
  {
    name: "S-09 its own copies under the wrong isolation",
    clusters: ["prod-shared-us"],
    rule: "tenant-placement",
    attack: (fleet) => fleet.edit("tenants/soylent/facts/tenant.yaml", "isolation: dedicated", "isolation: schema"),
  },
];
