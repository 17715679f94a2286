import { type Attack, project, servicesProject } from "./attack.ts";

/** S-01: projects and ApplicationSets. */
export const projects: Attack[] = [
  {
    name: "S-01 project default",
    rule: "application-authority",
    attack: (fleet) =>
      fleet.edit("clusters/base/applicationsets/tenants.yaml", /project: tenant-.*/, "project: default"),
  },
  {
    name: "S-01 project of another tenant",
    rule: "application-authority",
    attack: (fleet) =>
      fleet.edit("clusters/base/applicationsets/tenants.yaml", /project: tenant-.*/, "project: tenant-stark"),
  },
  {
    name: "S-01 destination of any namespace",
    rule: "project-scope",
    attack: (fleet) => fleet.edit("clusters/base/projects/platform.yaml", "namespace: deployers", 'namespace: "*"'),
  },
  {
    name: "S-01 repository of anybody",
    rule: "project-scope",
    attack: (fleet) =>
      fleet.edit(
        project,
        "https://git.invalid/REPOSITORY\n",
        "https://git.invalid/REPOSITORY\n    - https://example.com/evil.git\n",
      ),
  },
  {
    name: "S-01 cluster-wide kinds for a tenant",
    rule: "project-scope",
    attack: (fleet) =>
      fleet.edit(
        project,
        "clusterResourceWhitelist: []",
        "clusterResourceWhitelist:\n    - group: rbac.authorization.k8s.io\n      kind: ClusterRole",
      ),
  },
  {
    name: "S-01 every kind for a tenant",
    rule: "project-scope",
    attack: (fleet) =>
      fleet.edit(project, /  namespaceResourceWhitelist:\n(    .*\n)+(?=  destinationServiceAccounts)/, ""),
  },
  ...["LimitRange", "NetworkPolicy", "ResourceQuota", "RoleBinding"].map((kind): Attack => ({
    name: `S-01 a tenant may deploy ${kind}`,
    rule: "project-scope",
    attack: (fleet) =>
      fleet.edit(project, "kind: ConfigMap\n", `kind: ConfigMap\n    - group: example.com\n      kind: ${kind}\n`),
  })),
  {
    name: "S-01 roles of a project",
    rule: "project-scope",
    attack: (fleet) =>
      fleet.edit(
        project,
        "  sourceRepos:\n",
        "  roles:\n    - name: all\n      policies:\n        - p, proj:x:all, applications, *, */*, allow\n  sourceRepos:\n",
      ),
  },
  {
    name: "S-01 Applications in any namespace",
    rule: "project-scope",
    attack: (fleet) => fleet.edit(project, "  sourceRepos:\n", '  sourceNamespaces:\n    - "*"\n  sourceRepos:\n'),
  },
  {
    name: "S-01 the account of another tenant",
    clusters: ["prod-shared-us"],
    rule: "project-scope",
    attack: (fleet) => fleet.edit(servicesProject, "deployers:tenant-TENANT-services", "deployers:platform"),
  },
  {
    name: "S-01 default allows something",
    rule: "project-scope",
    attack: (fleet) =>
      fleet.edit(
        "clusters/base/projects/default.yaml",
        "destinations: []",
        "destinations:\n    - server: https://kubernetes.default.svc\n      namespace: murima",
      ),
  },
];
