import { openPolicy } from "../tenants.ts";
import { type Attack, commit, grantAll } from "./attack.ts";

/** S-07: policies. */
export const policies: Attack[] = [
  { name: "S-07 a tenant commits a policy", rule: "project-allows", attack: commit(openPolicy) },
  {
    name: "S-07 every namespace",
    rule: "tenant-isolation",
    attack: grantAll(openPolicy),
  },
  {
    name: "S-07 from nobody in particular",
    rule: "tenant-isolation",
    attack: grantAll(
      openPolicy
        .replace(/ingress:\n(    .*\n)+/, "ingress:\n    - {}\n")
        .replace(/egress:\n(    .*\n?)+/, "egress:\n    - {}\n"),
    ),
  },
  {
    name: "S-07 a range that covers pods",
    rule: "tenant-isolation",
    attack: grantAll(openPolicy.replaceAll("- namespaceSelector: {}", "- ipBlock:\n            cidr: 0.0.0.0/0")),
  },
  {
    name: "S-07 a label that all tenants have",
    rule: "tenant-isolation",
    attack: grantAll(
      openPolicy.replaceAll(
        "namespaceSelector: {}",
        "namespaceSelector:\n            matchExpressions:\n              - key: murima2025.com/tenant\n                operator: Exists",
      ),
    ),
  },
  {
    name: "S-07 NotIn picks what has no such label",
    rule: "tenant-isolation",
    attack: grantAll(
      openPolicy.replaceAll(
        "namespaceSelector: {}",
        "namespaceSelector:\n            matchExpressions:\n              - key: team\n                operator: NotIn\n                values:\n                  - x",
      ),
    ),
  },
  {
    name: "S-07 the default deny is gone",
    rule: "default-deny",
    attack: (fleet) =>
      fleet.edit("apps/platform/namespaces/closed/kustomization.yaml", "  - ./default-deny.yaml\n", ""),
  },
];
