import { newIdentity } from "../../../../scripts/lib/secret/age-wrapping.ts";
import { type Attack, commit, object } from "./attack.ts";

/** S-08: keys. */
export const keys: Attack[] = [
  {
    name: "S-08 a provider for every namespace",
    rule: "sops-provider",
    attack: (fleet) =>
      fleet.edit(
        "apps/tenant/components/facts/kustomization.yaml",
        "          - spec.sops.0.matchLabels.[murima2025.com/tenant]\n",
        "",
      ),
  },
  {
    name: "S-08 a tenant commits a provider",
    rule: "project-allows",
    attack: commit(object("addons.projectcapsule.dev/v1alpha1", "SopsProvider", "spec:\n  keys: []\n  sops: []\n")),
  },
  {
    name: "S-08 a published key for what is real",
    rule: "published-key",
    clusters: ["dev-shared", "prod-shared"],
    attack: async (fleet) => {
      const published = /public key: (.*)/.exec(await fleet.read("clusters/dev-shared/published.agekey"))![1]!;
      await fleet.edit("tenants/wonka/facts/tenant.yaml", /ageRecipient: .*/, `ageRecipient: ${published}`);
    },
  },
  {
    name: "S-08 a key published under another's name",
    rule: "published-key",
    clusters: ["dev-shared", "prod-shared"],
    attack: async (fleet) => {
      const own = await fleet.read("clusters/dev-shared/published.agekey");
      await fleet.write("clusters/prod-shared/published.agekey", own);
    },
  },
  {
    name: "S-08 a key that is not the cluster's",
    rule: "published-key",
    clusters: ["dev-shared"],
    attack: async (fleet) =>
      fleet.edit("clusters/dev-shared/published.agekey", /^AGE-SECRET-KEY-.*$/m, (await newIdentity()).identity),
  },
  {
    name: "S-08 a key beside a placement",
    rule: "published-key",
    attack: async (fleet) => fleet.write("tenants/wonka/prod-shared/own.agekey", `${(await newIdentity()).identity}\n`),
  },
  {
    name: "S-08 a secret for the tenant's key and another's",
    rule: "sops-file",
    attack: async (fleet) => {
      const file = "clusters/prod-shared/platform/secrets/tenant-stark.sops.yaml";
      await fleet.write(file, (await fleet.read(file)).replace(/ {4}- enc:[^]*?(?= {4}- enc:)/, ""));
    },
  },
  {
    name: "S-08 a secret that no provider opens",
    rule: "sops-provider",
    attack: (fleet) =>
      fleet.edit(
        "apps/platform/secrets/kustomization.yaml",
        "murima2025.com/key: cluster",
        "murima2025.com/key: other",
      ),
  },
  {
    name: "S-08 the platform's provider for every namespace",
    rule: "sops-provider",
    attack: (fleet) =>
      fleet.edit(
        "apps/platform/secrets/sopsprovider.yaml",
        "    - namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: murima\n      matchLabels:\n        murima2025.com/key: cluster\n",
        "    - namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: murima\n      matchLabels:\n        murima2025.com/tenant: wonka\n",
      ),
  },
  {
    name: "S-08 a Secret in the clear",
    rule: "plaintext-secret",
    attack: commit(object("v1", "Secret", "stringData:\n  password: hunter2\n")),
  },
];
