/** Projects and the roles of their accounts: two lists that are one. */
import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import type { TestFiles } from "../../../tests/support/repository.ts";
import { validate } from "./validate.ts";

const project = "apps/tenant/grant/appproject.yaml";
const services = "apps/tenant/components/isolation/dedicated/appproject.yaml";
const role = "clusters/base/deployers/tenants/deployer-tenant.yaml";
const kinds = (...entries: string[]) =>
  entries.map((entry) => `    - group: "${entry.split("/")[0]}"\n      kind: ${entry.split("/")[1]}\n`).join("");
const rights = (group: string, resource: string) =>
  `rules:\n  - apiGroups:\n      - "${group}"\n    resources:\n      - ${resource}\n    verbs:\n      - create\n      - delete\n      - get\n      - list\n      - patch\n      - update\n      - watch\n`;

async function rulesOf(change: (files: TestFiles) => Promise<unknown>, clusters: string[] = [cluster.sharedUs]) {
  const { findings } = await validate(await changedFleet(clusters, change));
  return [...new Set<string>(findings.map(({ rule }) => rule))].toSorted();
}

describe("R15: what a tenant's project allows is a list, and its account may write exactly that", () => {
  const list = "  namespaceResourceWhitelist:\n";
  test.each(["/Secret", "batch/CronJob", "/Pod", "/ServiceAccount", "example.com/Widget"])(
    "the project: %s",
    async (kind) => {
      const change = (files: TestFiles) => files.edit(project, list, list + kinds(kind));
      expect(await rulesOf(change)).toEqual(["project-rights", "project-scope"]);
    },
  );
  test("project and role together: Secret", async () => {
    const found = await rulesOf(async (files) => {
      await files.edit(project, list, list + kinds("batch/CronJob"));
      await files.edit(role, "rules:\n", rights("batch", "cronjobs"));
    });
    expect(found).toEqual(["project-scope"]);
  });
  test.each([
    ["", "pods"],
    ["example.com", "widgets"],
    ["apps", "deployments/scale"],
    // The project has the kind, of another group.
    ["apps", "configmaps"],
  ])("the role alone: %s/%s", async (group, resource) => {
    expect(await rulesOf((files) => files.edit(role, "rules:\n", rights(group, resource)))).toEqual(["project-rights"]);
  });
  test("a right of writing that the project counts on is missing, or for one name", async () => {
    expect(await rulesOf((files) => files.edit(role, "      - patch\n", ""))).toEqual(["project-rights"]);
    const byName = (files: TestFiles) =>
      files.edit(role, "    verbs:\n", "    resourceNames:\n      - settings\n    verbs:\n");
    expect(await rulesOf(byName)).toEqual(["project-rights"]);
  });
  test.each([
    "clusters/base/deployers/tenants/deployer-tenant-services.yaml",
    "clusters/base/deployers/grants/clusterrole.yaml",
  ])("other deployers: %s", async (file) => {
    expect(await rulesOf((files) => files.edit(file, "rules:\n", rights("example.com", "widgets")))).toEqual([
      "project-rights",
    ]);
  });
  test("services: a kind more, a kind less", async () => {
    expect(await rulesOf((files) => files.edit(services, list, list + kinds("/Secret")))).toEqual([
      "project-rights",
      "project-scope",
    ]);
    expect(await rulesOf((files) => files.edit(services, kinds("batch/Job").replaceAll('"', ""), ""))).toContain(
      "project-allows",
    );
  });
  test("a tenant's account bound in every namespace", async () => {
    const found = await rulesOf(async (files) => {
      await files.manifest(
        "clusters/base/deployers/tenants/all.yaml",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: all\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: deployer-tenant\nsubjects:\n  - kind: ServiceAccount\n    name: tenant-soylent\n    namespace: deployers\n",
      );
      await files.edit(
        "clusters/base/deployers/tenants/kustomization.yaml",
        "resources:\n",
        "resources:\n  - ./all.yaml\n",
      );
    });
    expect(found).toEqual(["project-rights"]);
  });
  test("twin: reading what it deploys into, and the order of a list", async () => {
    const found = await rulesOf(async (files) => {
      await files.edit(
        role,
        "rules:\n",
        'rules:\n  - apiGroups:\n      - ""\n    resources:\n      - events\n    verbs:\n      - get\n      - list\n',
      );
      await files.edit(
        project,
        /(    - group: ""\n      kind: ConfigMap\n)(    - group: addons.*\n      kind: SopsSecret\n)/,
        "$2$1",
      );
    });
    expect(found).toEqual([]);
  });
});
