/** Nothing in a branch steers the tools that judge it, and everything that Argo CD will read is judged: R1 to R16, A-1, A-2. */
import { describe, expect, test } from "bun:test";

import { excusesOf } from "../scripts/lib/fleet/excuses.ts";
import type { Repository } from "../scripts/lib/fleet/repository.ts";
import { validate } from "../scripts/lib/validate/validate.ts";
import { changedFleet } from "./support/changed-fleet.ts";
import { cluster } from "./support/fleet.ts";
import type { TestFiles } from "./support/repository.ts";

const rulesOf = async (repository: Repository) => [
  ...new Set((await validate(repository, { today: "2026-06-01" })).findings.map(({ rule }) => rule)),
];
const found = async (change: (files: TestFiles) => Promise<unknown>, clusters: readonly string[] = [cluster.dev]) =>
  rulesOf(await changedFleet(clusters, change));

describe("R2: an image file holds an image", () => {
  const extras = [
    "serviceAccount:\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/admin\n",
    "stores:\n  redis:\n    host: node.example.com\n    cidrs:\n      - 0.0.0.0/0\n",
    "internet: true\n",
    "ports:\n  http: 8080\n",
    "  registry: evil.example\n",
    "  prefix: other\n",
  ];
  for (const [place, clusters] of [
    ["clusters/dev-shared/services/frontend", [cluster.dev]],
    ["tenants/soylent/prod-shared-us/services/case-service", [cluster.sharedUs]],
  ] as const)
    for (const extra of extras)
      test(`${place}: ${extra.split("\n")[0]}`, async () => {
        expect(await found((files) => files.edit(`${place}/image.yaml`, /$/, extra), clusters)).toContain("image-file");
      });

  test("twin: a tag, a digest, a hold", async () => {
    const hold = '  hold:\n    reason: OPS-1\n    expires: "2099-01-01"\n';
    expect(await found((files) => files.edit("clusters/dev-shared/services/frontend/image.yaml", /$/, hold))).toEqual(
      [],
    );
  });
});

describe("A-1: Argo CD pulls what is reviewed", () => {
  const patch = (kind: string, name: string, at: string, value: string) => (files: TestFiles) =>
    files.edit(
      "clusters/dev-shared/kustomization.yaml",
      /$/,
      `patches:\n  - target:\n      kind: ${kind}\n      name: ${name}\n    patch: |-\n      - op: replace\n        path: ${at}\n        value: ${value}\n`,
    );
  const source = "/spec/template/spec/source";
  for (const [name, change] of Object.entries({
    "another branch of an Application": patch(
      "ApplicationSet",
      "services",
      `${source}/targetRevision`,
      "refs/heads/other",
    ),
    "HEAD of it": patch("ApplicationSet", "platform", `${source}/targetRevision`, "HEAD"),
    "another repository of it": patch("ApplicationSet", "services", `${source}/repoURL`, "https://evil.example/x.git"),
    "another branch of a generator": patch(
      "ApplicationSet",
      "services",
      "/spec/generators/0/git/revision",
      "refs/heads/other",
    ),
    "another repository of one": patch(
      "ApplicationSet",
      "tenants",
      "/spec/generators/0/git/repoURL",
      "https://evil.example/x.git",
    ),
    "root at another branch": patch("Application", "root", "/spec/source/targetRevision", "refs/heads/other"),
    "root at another cluster": patch("Application", "root", "/spec/source/path", "clusters/other"),
  }))
    test(name, async () => {
      expect(await found(change)).toContain("application-source");
    });

  test("twin: the revision of the facts is another, everywhere", async () => {
    const change = (files: TestFiles) =>
      files.edit("clusters/dev-shared/facts/cluster.yaml", /revision: .*/, "revision: refs/heads/stable");
    expect(await found(change)).toEqual([]);
  });
});

describe("A-2: a project names, and has no patterns", () => {
  const platform = "clusters/base/projects/platform.yaml";
  for (const [name, change] of Object.entries({
    "a namespace that is not one": (files: TestFiles) =>
      files.edit(platform, "namespace: stores\n", 'namespace: "!nothing"\n'),
    "a part of one": (files: TestFiles) => files.edit(platform, "namespace: stores\n", 'namespace: "sto?es"\n'),
    "every tenant's": (files: TestFiles) => files.edit(platform, "namespace: stores\n", 'namespace: "tenant-*"\n'),
    "a group that is not one": (files: TestFiles) => files.edit(platform, 'group: ""', 'group: "!apps"'),
    "a list of groups": (files: TestFiles) => files.edit(platform, 'group: ""', 'group: "{apps,batch}"'),
  }))
    test(name, async () => {
      const rules = await found(change);
      expect(rules.some((rule) => rule === "project-scope" || rule === "kubernetes-schema")).toBe(true);
    });
});

describe("R9: settings of Argo CD are those that the proofs stand on", () => {
  const settings = "clusters/base/settings/argocd-cm.yaml";
  for (const [name, change] of Object.entries({
    "impersonation off": (files: TestFiles) =>
      files.edit(settings, 'impersonation.enabled: "true"', 'impersonation.enabled: "false"'),
    "impersonation unsaid": (files: TestFiles) =>
      files.edit(settings, /^ {2}application\.sync\.impersonation.*\n/m, ""),
    "tracking by label": (files: TestFiles) => files.edit(settings, "Method: annotation", "Method: label"),
    "a kind excluded": (files: TestFiles) =>
      files.edit(settings, '- apiGroups: [""]\n      kinds: [Endpoints]', "- kinds: [NetworkPolicy]"),
    "kinds included": (files: TestFiles) =>
      files.edit(settings, /$/, "  resource.inclusions: |\n    - kinds:\n        - Deployment\n"),
    "differences ignored": (files: TestFiles) =>
      files.edit(settings, /$/, "  resource.customizations.ignoreDifferences.all: x\n"),
    "a password that opens everything": (files: TestFiles) =>
      files.edit(settings, 'admin.enabled: "false"', 'admin.enabled: "true"'),
    "options of Kustomize": (files: TestFiles) =>
      files.edit(settings, /$/, "  kustomize.buildOptions: --enable-helm\n"),
    "another of its files": async (files: TestFiles) => {
      await files.manifest(
        "clusters/base/settings/rbac.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\n  namespace: argocd\ndata:\n  policy.default: role:admin\n",
      );
      await files.edit(
        "clusters/base/settings/kustomization.yaml",
        "  - ./argocd-cm.yaml\n",
        "  - ./argocd-cm.yaml\n  - ./rbac.yaml\n",
      );
    },
    "none at all": (files: TestFiles) => files.edit("clusters/base/kustomization.yaml", "  - ./settings\n", ""),
  }))
    test(name, async () => {
      expect(await found(change)).toContain("argocd-settings");
    });

  for (const exclusions of [
    '- apiGroups: [""]\n      kinds: [Secret]',
    "- apiGroups: [networking.k8s.io]",
    '- apiGroups: ["*"]\n      kinds: [Lease]',
    '- apiGroups: [coordination.k8s.io, ""]\n      kinds: [Lease]',
    "nonsense",
  ])
    test(`what is deployed is left out of what is watched: ${exclusions.replace(/\s+/g, " ")}`, async () => {
      const change = (files: TestFiles) =>
        files.edit(settings, '- apiGroups: [""]\n      kinds: [Endpoints]', exclusions);
      expect(await found(change)).toContain("argocd-settings");
    });

  test("twin: the health of one more kind", async () => {
    const lua = '  resource.customizations.health.example.com_Thing: |\n    return {status = "Healthy"}\n';
    expect(await found((files) => files.edit(settings, /$/, lua))).toEqual([]);
  });
});

describe("R16: an exception excuses nothing that holds isolation, rights or keys", () => {
  const exception = (rule: string) =>
    `    - rule: ${rule}\n      object: "*"\n      reason: it is meant, believe me\n      expires: "2099-01-01"\n`;
  const admin = async (files: TestFiles, rule: string) => {
    await files.manifest(
      "clusters/base/deployers/platform/evil.yaml",
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: evil\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: ServiceAccount\n    name: default\n    namespace: tenant-wonka\n",
    );
    await files.edit(
      "clusters/base/deployers/platform/kustomization.yaml",
      /resources:\n/,
      "resources:\n  - ./evil.yaml\n",
    );
    const file = "apps/exceptions.yaml";
    const text = await files.read(file);
    await files.write(file, text.replace(/exceptions: \[\]\n|exceptions:\n/, `exceptions:\n${exception(rule)}`));
  };
  for (const rule of ["rbac-escalation", "tenant-isolation", "published-key", "application-source"])
    test(rule, async () => {
      const rules = await found((files) => admin(files, rule));
      expect(rules).toContain("exception");
      expect(rules).toContain("rbac-escalation");
    });

  test("a fork is judged with the exceptions, allowances and environments of main", async () => {
    const main = await changedFleet([cluster.dev], () => Promise.resolve());
    const fork = await changedFleet([cluster.dev], async (files) => {
      await files.edit("environments/dev/facts/environment.yaml", "publishedKeys: true", "publishedKeys: false");
      await files.write("apps/external.yaml", "anything\n");
      await files.write("environments/new/facts/environment.yaml", "of a fork\n");
    });
    const judged = fork.with(excusesOf(main.tree, fork.tree));
    for (const file of ["environments/dev/facts/environment.yaml", "apps/external.yaml", "apps/exceptions.yaml"])
      expect([file, judged.tree.has(file) && judged.tree.text(file)]).toEqual([
        file,
        main.tree.has(file) && main.tree.text(file),
      ]);
    expect(judged.tree.has("environments/new/facts/environment.yaml")).toBe(false);
  });
});
