/** K11: words for Argo CD and Helm that mean nothing to them. */
import { describe, expect, test } from "bun:test";

import { fleetOf, said } from "../../../tests/support/rule.ts";
import { syncAnnotation } from "../validate/rules/sync-annotation.ts";

const settings = (annotations: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, annotations: { ${annotations} } }`;
const job = (annotations: string) =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: { name: a, annotations: { ${annotations} } }`;

describe("K11: annotations are a closed vocabulary", () => {
  const refused: [annotations: string, message: RegExp][] = [
    ["argocd.argoproj.io/hook: presync", /hook presync, which means nothing/],
    ["argocd.argoproj.io/hook: Presync", /hook Presync, which means nothing/],
    ["argocd.argoproj.io/hook: 'PreSync,Postsync'", /hook Postsync/],
    ["argocd.argoproj.io/hook: ''", /hook without a value/],
    ["argocd.argoproj.io/hooks: PreSync", /annotation argocd\.argoproj\.io\/hooks, which means nothing/],
    ["argocd.argoproj.io/hook-delete-policy: HookSuceeded", /hook-delete-policy HookSuceeded/],
    ["argocd.argoproj.io/hook-delete-policy: hook-succeeded", /hook-delete-policy hook-succeeded/],
    ["argocd.argoproj.io/sync-options: Prune", /sync-options Prune, which/],
    ["argocd.argoproj.io/sync-options: prune=false", /sync-options prune=false/],
    ["argocd.argoproj.io/sync-options: 'Prune=false,Delete=no'", /sync-options Delete=no/],
    ["argocd.argoproj.io/sync-options: CreateNamespace=true", /sync-options CreateNamespace=true/],
    ["argocd.argoproj.io/compare-options: IgnoreExtranous", /compare-options IgnoreExtranous/],
    ["argocd.argoproj.io/skip-reconcile: 'true'", /keeps Argo CD from reconciling/],
    ["argocd.argoproj.io/deletion-approved: 'true'", /approves a deletion/],
    ["argocd.argoprj.io/hook: PreSync", /which nothing reads/],
    ["argo-cd.argoproj.io/hook: PreSync", /which nothing reads/],
    ["helm.sh/hook: pre-instal", /hook pre-instal/],
    ["helm.sh/hook: PreSync", /hook PreSync/],
    ["helm.sh/hook-weight: first", /hook-weight "first"/],
    ["helm.sh/hook-delete-policy: HookSucceeded", /hook-delete-policy HookSucceeded/],
    ["helm.sh/resource-policy: kep", /resource-policy kep/],
  ];
  for (const [annotations, message] of refused)
    test(`K11: ${annotations}`, async () => {
      const messages = await said("sync-annotation", settings(annotations));
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatch(message);
    });
  const taken = [
    "argocd.argoproj.io/hook: 'PreSync, PostSync', argocd.argoproj.io/hook-delete-policy: BeforeHookCreation",
    "argocd.argoproj.io/sync-options: 'Prune=confirm, Delete=false,SkipDryRunOnMissingResource=true', argocd.argoproj.io/sync-wave: '-1'",
    "argocd.argoproj.io/compare-options: IgnoreExtraneous",
    "helm.sh/hook: 'pre-install,pre-upgrade', helm.sh/hook-weight: '-5', helm.sh/hook-delete-policy: before-hook-creation",
    "helm.sh/hook: test",
    "link.argocd.argoproj.io/docs: https://example.com, notifications.argoproj.io/subscribe: a, example.com/a: b",
    "rollouts.argoproj.io/a: b, argocd-image-updater.argoproj.io/a: b",
    "kubernetes.io/description: a, checksum/config: b",
  ];
  for (const annotations of taken)
    test(`K11: twin: ${annotations}`, async () =>
      expect(await said("sync-annotation", settings(annotations))).toEqual([]));
});

describe("K11: a Job is a hook", () => {
  test("K11: one that stays", async () =>
    expect(await said("sync-annotation", job(""))).toEqual([
      "is a Job and not a hook: its next version can't be applied",
    ]));
  for (const annotations of ["argocd.argoproj.io/hook: PreSync", "helm.sh/hook: post-install"])
    test(`K11: twin: ${annotations}`, async () => expect(await said("sync-annotation", job(annotations))).toEqual([]));
});

test("K11: an Application that an ApplicationSet makes", async () => {
  const fleet = await fleetOf();
  const [application] = fleet.applications;
  const messages = (annotations: Record<string, string>) =>
    [
      ...syncAnnotation.check({
        ...fleet,
        applications: [{ ...application!, manifest: { metadata: { name: "app", annotations } } }],
      }),
    ].map(({ message }) => message);
  expect(messages({ "argocd.argoproj.io/skip-reconcile": "true" })).toEqual([
    "has the annotation argocd.argoproj.io/skip-reconcile, which keeps Argo CD from reconciling it",
  ]);
  expect(messages({ "argocd.argoproj.io/manifest-generate-paths": "." })).toEqual([]);
});
