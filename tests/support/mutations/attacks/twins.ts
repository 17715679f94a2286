import { openPolicy, tombstone } from "../tenants.ts";
import { addRole, type Attack, commit, copies, facts, grantAll, object, own } from "./attack.ts";

/** The same kinds of change, meant well: nothing may be found. */
export const twins: Omit<Attack, "rule">[] = [
  {
    name: "a tenant adds settings of its own",
    attack: commit(object("v1", "ConfigMap", "data:\n  greeting: hello\n")),
  },
  {
    name: "a label of another tenant is overwritten by its own",
    attack: commit(object("v1", "ConfigMap", "  labels:\n    murima2025.com/tenant: contoso\n")),
  },
  {
    name: "a tenant names its own namespace",
    attack: commit(object("v1", "ConfigMap", "  namespace: tenant-northwind\n")),
  },
  {
    name: "a tenant changes its time zone",
    attack: (fleet) => fleet.edit(`${own}/settings.yaml`, "Europe/London", "Europe/Dublin"),
  },
  {
    name: "a host of its own domain",
    attack: (fleet) =>
      fleet.edit(
        facts,
        "- northwind.customers.murima2025.com",
        "- northwind.customers.murima2025.com\n    - help.northwind.example",
      ),
  },
  {
    name: "a customer that has left",
    attack: (fleet) =>
      fleet.write("tenants/umbrella/tombstone.yaml", tombstone("umbrella", "umbrella.example", "[10.200.0.0/16]")),
  },
  {
    name: "another part of an id",
    attack: (fleet) => fleet.write("tenants/northwinds/tombstone.yaml", tombstone("northwinds")),
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
    clusters: ["prod-us1"],
    attack: (fleet) =>
      fleet.write(
        `${copies}/prod-us1/services/auth-service/values.yaml`,
        "---\n# yaml-language-server: $schema=../../../../../schemas/tenant-values.json\nautoscaling:\n  maxReplicas: 11\n",
      ),
  },
  {
    name: "own copies at another of its hosts",
    clusters: ["prod-us1"],
    attack: async (fleet) => {
      await fleet.edit(
        "tenants/tenant123/facts/tenant.yaml",
        "- tenant123.customers.murima2025.com",
        "- tenant123.customers.murima2025.com\n    - desk.tenant123.example",
      );
      await fleet.edit(`${copies}/values.yaml`, /publicHost: .*/, "publicHost: desk.tenant123.example");
    },
  },
  {
    name: "more owners",
    attack: async (fleet) => {
      await fleet.edit(facts, '- "@murima2025/northwind"', '- "@murima2025/northwind"\n    - "@northwind-lead"');
      await fleet.edit(
        ".github/CODEOWNERS",
        "/tenants/northwind/ @murima2025/northwind",
        "/tenants/northwind/ @murima2025/northwind @northwind-lead",
      );
    },
  },
];
