import { newIdentity } from "../../../scripts/lib/secret/age-wrapping.ts";
import { encryptFile } from "../../../scripts/lib/secret/file.ts";
import type { TestFiles } from "../repository.ts";
import type { Mutation } from "./mutation.ts";

const shared = ["prod-shared"];
const folder = "clusters/prod-shared/platform/secrets";

/** Of rules about secrets: a fixture each, named after the rule. */
export const secretMutations: Record<string, Mutation> = {
  "published-key": {
    break: (fleet) =>
      fleet.edit("environments/dev/facts/environment.yaml", "publishedKeys: true", "publishedKeys: false"),
    expected: { file: "clusters/dev-shared/published.agekey", line: 1 },
  },
  "secret-stamp": {
    clusters: shared,
    // As if somebody had set a value with another program.
    break: (fleet) =>
      fleet.edit(`${folder}/case-service.sops.yaml`, /lastmodified: .*/, 'lastmodified: "2026-01-01T00:00:00Z"'),
    expected: { line: 12 },
  },
  "secret-unread": {
    clusters: shared,
    async break(fleet) {
      const clear = sopsSecret("old", "password: x").replace("  name: old\n", "  name: old\n  namespace: murima\n");
      await fleet.write(`${folder}/old.sops.yaml`, await encryptFor(fleet, clear));
      await fleet.edit(`${folder}/kustomization.yaml`, "  - ./tenant-stark", "  - ./old.sops.yaml\n  - ./tenant-stark");
    },
    expected: { severity: "warning" },
    also: ["secret-stamp"],
  },
  "sops-provider": {
    clusters: shared,
    break: (fleet) => fleet.edit("apps/tenant/grant/sopsprovider.yaml", "name: sops-operator", "name: murima"),
    expected: { file: "apps/tenant/grant/sopsprovider.yaml" },
  },
  "sops-file": {
    clusters: shared,
    async break(fleet) {
      const file = "tenants/wonka/prod-shared/database.sops.yaml";
      const { recipient } = await newIdentity();
      const facts = await fleet.read("tenants/wonka/facts/tenant.yaml");
      const own = /ageRecipient: (.*)/.exec(facts)![1]!;
      const clear = sopsSecret("database", "username: app");
      await fleet.write(file, await encryptFile(clear, { recipients: [own, recipient], now: "2026-11-23T10:00:00Z" }));
      await fleet.edit(
        "tenants/wonka/prod-shared/kustomization.yaml",
        "  - ./settings.yaml\n",
        "  - ./database.sops.yaml\n  - ./settings.yaml\n",
      );
    },
    expected: { file: "tenants/wonka/prod-shared/database.sops.yaml" },
  },
  "tenant-secret": {
    clusters: shared,
    async break(fleet) {
      await fleet.remove("tenants/stark/prod-shared/database.sops.yaml");
      await fleet.edit("tenants/stark/prod-shared/kustomization.yaml", "  - ./database.sops.yaml\n", "");
    },
    expected: { file: "tenants/stark/prod-shared/kustomization.yaml", line: 1 },
  },
  "tenant-key": {
    clusters: shared,
    break: (fleet) =>
      fleet.edit(
        `${folder}/tenant-wonka.sops.yaml`,
        /murima2025.com\/recipient: .*/,
        "murima2025.com/recipient: age1old",
      ),
    expected: { file: `${folder}/tenant-wonka.sops.yaml` },
  },
};

/** Encrypted as a secret of prod-shared has to be. */
export async function encryptFor(fleet: TestFiles, clear: string): Promise<string> {
  const found = async (file: string, key: string) => new RegExp(`${key}: (.*)`).exec(await fleet.read(file))![1]!;
  const recipients = [
    await found("clusters/prod-shared/facts/cluster.yaml", "ageRecipient"),
    await found("environments/prod/facts/environment.yaml", "recoveryRecipient"),
  ];
  return encryptFile(clear, { recipients, now: "2026-11-23T10:00:00Z" });
}

/** A SopsSecret in the clear. */
export function sopsSecret(name: string, ...pairs: string[]): string {
  const data = pairs.map((pair) => `        ${pair}\n`).join("");
  return `---\napiVersion: addons.projectcapsule.dev/v1alpha1\nkind: SopsSecret\nmetadata:\n  name: ${name}\nspec:\n  secrets:\n    - name: ${name}\n      stringData:\n${data}`;
}
