import { openPolicy, tombstone } from "../tenants.ts";
import { addRole, type Attack, commit, copies, facts, grantAll, object, own } from "./attack.ts";
import { secretTwins } from "./secrets.ts";

/** The same kinds of change, meant well: nothing may be found. */
export const twins: Omit<Attack, "rule">[] = [
  ...secretTwins,
  {
    name: "a tenant adds settings of its own",
    attack: commit(object("v1", "ConfigMap", "data:\n  greeting: hello\n")),
  },
  {
    name: "a label of another tenant is overwritten by its own",
    attack: commit(object("v1", "ConfigMap", "  labels:\n    murima2025.com/tenant: stark\n")),
  },
  {
    name: "a tenant names its own namespace",
    attack: commit(object("v1", "ConfigMap", "  namespace: tenant-wonka\n")),
  },
  {
    name: "a tenant changes its time zone",
    attack: (fleet) => fleet.edit(`${own}/settings.yaml`, "Europe/London", "Europe/Dublin"),
  },
  {
    name: "a customer that has left",
    attack: (fleet) =>
      fleet.write("tenants/umbrella/tombstone.yaml", tombstone("umbrella", "umbrella.example", "[10.200.0.0/16]")),
  },
  {
    name: "another part of an id",
    attack: (fleet) => fleet.write("tenants/wonkas/tombstone.yaml", tombstone("wonkas")),
  },
  {
    name: "a role with named rights",
    attack: addRole(
      `  - apiGroups:\n      - ""\n    resources:\n      - secrets\n    resourceNames:\n      - channels\n    verbs:\n      - get\n`,
    ),
  },
  {
    name: "a policy between a tenant's own pods",
    attack: grantAll(openPolicy.replaceAll("namespaceSelector: {}", "podSelector: {}")),
  },
  {
    name: "own copies with more replicas",
    clusters: ["prod-shared-us"],
    attack: (fleet) =>
      fleet.write(
        `${copies}/prod-shared-us/services/auth-service/values.yaml`,
        "---\n# yaml-language-server: $schema=../../../../../schemas/tenant-values.json\nautoscaling:\n  maxReplicas: 11\n",
      ),
  },
  {
    name: "more owners",
    attack: async (fleet) => {
      await fleet.edit(facts, '- "@murima2025/wonka"', '- "@murima2025/wonka"\n    - "@wonka-lead"');
      await fleet.edit(
        ".github/CODEOWNERS",
        "/tenants/wonka/ @murima2025/wonka",
        "/tenants/wonka/ @murima2025/wonka @wonka-lead",
      );
    },
  },
];
