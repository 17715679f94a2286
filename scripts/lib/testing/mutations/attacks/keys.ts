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
    name: "S-08 a Secret in the clear",
    rule: "plaintext-secret",
    attack: commit(object("v1", "Secret", "stringData:\n  password: hunter2\n")),
  },
];
