import { addRole, type Attack, grantAll, right, roleBinding } from "./attack.ts";

/** S-03: rights. */
export const rights: Attack[] = [
  ...(["escalate", "impersonate", "*"] as const).map((verb): Attack => ({
    name: `S-03 verb ${verb}`,
    rule: "rbac-escalation",
    attack: addRole(right(verb, "configmaps")),
  })),
  {
    name: "S-03 bind of any role",
    rule: "rbac-escalation",
    attack: addRole(right("bind", "clusterroles", "rbac.authorization.k8s.io")),
  },
  ...["pods/exec", "pods/ephemeralcontainers", "serviceaccounts/token", "nodes/proxy", "secrets"].map(
    (resource): Attack => ({
      name: `S-03 ${resource}`,
      rule: "rbac-escalation",
      attack: addRole(right("get", resource)),
    }),
  ),
  {
    name: "S-03 an aggregated role",
    rule: "rbac-escalation",
    attack: async (fleet) => {
      await addRole(right("get", "configmaps"))(fleet);
      await fleet.edit(
        "clusters/base/deployers/tenants/attack.yaml",
        "  name: attack\n",
        '  name: attack\n  labels:\n    rbac.authorization.k8s.io/aggregate-to-view: "true"\n',
      );
    },
  },
  {
    name: "S-03 a grant binds cluster-admin",
    rule: "grant-scope",
    attack: grantAll(
      roleBinding("cluster-admin", "  - kind: ServiceAccount\n    name: tenant-TENANT\n    namespace: deployers\n"),
    ),
  },
  {
    name: "S-03 everybody is bound",
    rule: "rbac-escalation",
    attack: grantAll(
      roleBinding(
        "settings-reader",
        "  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n    name: system:authenticated\n",
      ),
    ),
  },
  {
    name: "S-03 an account of another tenant is bound",
    rule: "grant-scope",
    attack: grantAll(
      roleBinding("deployer-tenant", "  - kind: ServiceAccount\n    name: tenant-stark\n    namespace: deployers\n"),
    ),
  },
];
