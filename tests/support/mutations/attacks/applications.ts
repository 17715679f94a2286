import { application, type Attack, commit, object } from "./attack.ts";

/** S-02: Applications. */
export const applications: Attack[] = [
  { name: "S-02 a tenant commits an Application", rule: "project-allows", attack: commit(application) },
  { name: "S-02 a tenant's Application is nobody's", rule: "application-authority", attack: commit(application) },
  {
    name: "S-02 a tenant commits an AppProject",
    rule: "project-scope",
    attack: commit(
      object(
        "argoproj.io/v1alpha1",
        "AppProject",
        "  namespace: argocd\nspec:\n  description: mine\n  sourceRepos: []\n  destinations: []\n  clusterResourceWhitelist: []\n",
      ),
    ),
  },
  ...["Validate=false", "Replace=true", "Force=true"].map((option): Attack => ({
    name: `S-02 sync option ${option}`,
    rule: "application-authority",
    attack: commit(object("v1", "ConfigMap", `  annotations:\n    argocd.argoproj.io/sync-options: ${option}\n`)),
  })),
  {
    name: "S-02 a hook in a placement",
    rule: "application-authority",
    attack: commit(object("v1", "ConfigMap", "  annotations:\n    argocd.argoproj.io/hook: PreSync\n")),
  },
  {
    name: "S-02 another server",
    rule: "application-authority",
    attack: (fleet) =>
      fleet.edit(
        "clusters/base/applicationsets/tenants.yaml",
        "https://kubernetes.default.svc",
        "https://prod-shared-us.example",
      ),
  },
];
