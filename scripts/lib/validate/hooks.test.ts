/** R7: a hook is not an object that is there. */
import { describe, expect, test } from "bun:test";

import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { deployment, fleetOf, said } from "../../../tests/support/rule.ts";
import { run as validate } from "../../validate.ts";
import type { Finding } from "../core/finding.ts";
import { appliedObjects, renderedObjects, standingObjects } from "../fleet/objects.ts";
import { reachabilityOf } from "../fleet/reachability.ts";

/** Ways to be a hook: of a phase, of Helm, of a phase that is none, and never applied. */
const hooks = [
  "argocd.argoproj.io/hook: PreSync",
  "argocd.argoproj.io/hook: Skip",
  "argocd.argoproj.io/hook: presync",
  "argocd.argoproj.io/hook: ''",
  "helm.sh/hook: test",
  "helm.sh/hook: pre-install",
  "helm.sh/hook: post-rollback",
];
const hooked = (text: string, annotation: string) =>
  text.replace("metadata: {", `metadata: { annotations: { ${annotation} },`);
const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: murima }";
const deny =
  "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: default-deny }\nspec: { podSelector: {}, policyTypes: [Egress, Ingress] }";
const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { b: c }";
const reader = deployment({ container: "envFrom: [{ configMapRef: { name: a } }]" });

describe("R7: what a rule relies on is there between two syncs", () => {
  for (const annotation of hooks) {
    test(`R7: default-deny with ${annotation}`, async () => {
      const messages = await said("default-deny", namespace, hooked(deny, annotation));
      expect(messages).toContain("has no NetworkPolicy that denies everything both ways");
    });
    test(`R7: a ConfigMap with ${annotation} that a Deployment reads`, async () =>
      expect(await said("dangling-reference", reader, hooked(settings, annotation))).toEqual([
        "needs ConfigMap murima/a, which is not there",
      ]));
  }
  test("R7: twin: the same without a hook, and with Helm's mark of a definition", async () => {
    for (const plain of [deny, hooked(deny, "helm.sh/hook: crd-install")])
      expect(await said("default-deny", namespace, plain)).toEqual([expect.stringContaining("opens DNS")]);
    expect(await said("dangling-reference", reader, settings)).toEqual([]);
  });
  test("R7: twin: a hook reads what another hook of its Application brings", async () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: b, envFrom: [{ configMapRef: { name: a } }] }] } } }`;
    const pre = "argocd.argoproj.io/hook: PreSync";
    expect(await said("dangling-reference", hooked(job, pre), hooked(settings, pre))).toEqual([]);
    expect(
      await said("dangling-reference", hooked(job, pre), hooked(settings, "argocd.argoproj.io/hook: Skip")),
    ).toHaveLength(1);
  });
  for (const annotation of hooks)
    test(`R7: a SopsProvider with ${annotation}`, async () => {
      const secret =
        "apiVersion: addons.projectcapsule.dev/v1alpha1\nkind: SopsSecret\nmetadata: { name: s, labels: { a: b } }";
      const provider =
        "apiVersion: addons.projectcapsule.dev/v1alpha1\nkind: SopsProvider\nmetadata: { name: p }\nspec: { sops: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: murima } }, matchLabels: { a: b } }] }";
      expect(await said("sops-provider", secret, provider)).not.toContain("no provider opens it");
      expect(await said("sops-provider", secret, hooked(provider, annotation))).toContain("no provider opens it");
    });
  test("R7: three views of one fleet", async () => {
    const fleet = await fleetOf(
      settings,
      hooked(settings, "helm.sh/hook: pre-install"),
      hooked(settings, "helm.sh/hook: test"),
    );
    expect([renderedObjects, appliedObjects, standingObjects].map((view) => view(fleet).length)).toEqual([3, 2, 1]);
  });
});

describe("R7: reachability", () => {
  const pods = [deployment({ name: "one" }), deployment({ name: "two" })];
  const flows = async (...policies: string[]) => {
    const fleet = await fleetOf(...pods, ...policies);
    const spec = {
      cidrs: { nodes: "10.0.0.0/16", pods: "10.1.0.0/16", services: "10.2.0.0/16" },
      stores: {},
      cni: { name: "calico" },
    };
    const documents = {
      clusters: new Map([["made-up", { file: "", document: { metadata: { name: "made-up" }, spec } }]]),
    };
    const [found] = reachabilityOf({ ...fleet, documents: { ...fleet.documents, ...documents } as never });
    return [...found!.reach.flows()].map(({ from, to }) => `${from.name} -> ${to.name}`);
  };
  const open =
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: open }\nspec: { podSelector: {}, policyTypes: [Egress, Ingress], ingress: [{}], egress: [{}] }";
  test("R7: what a hook closes is open, what it opens may be open", async () => {
    const both = ["one -> two", "two -> one"];
    expect((await flows(deny)).toSorted()).toEqual([]);
    for (const annotation of hooks) expect((await flows(hooked(deny, annotation))).toSorted()).toEqual(both);
    expect((await flows(deny, hooked(open, "argocd.argoproj.io/hook: PreSync"))).toSorted()).toEqual(both);
    expect(await flows(deny, hooked(open, "argocd.argoproj.io/hook: Skip"))).toEqual([]);
  });
});

describe("R7: the whole command", () => {
  const clusters = ["prod-shared"];
  const rules = async (edit: (fleet: Awaited<ReturnType<typeof sampleRepository>>) => Promise<unknown>) => {
    await using fleet = await sampleRepository(clusters);
    await edit(fleet);
    const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
    return [...new Set((JSON.parse(stdout) as { findings: Finding[] }).findings.map(({ rule }): string => rule))];
  };
  const closed = "apps/platform/namespaces/closed/default-deny.yaml";
  test("R7: hook Skip on default-deny", async () => {
    const found = await rules((fleet) =>
      fleet.edit(closed, "metadata:\n", "metadata:\n  annotations:\n    argocd.argoproj.io/hook: Skip\n"),
    );
    expect(found).toContain("default-deny");
  });
  test("R7: hook Skip on the settings of Argo CD", async () => {
    const found = await rules((fleet) =>
      fleet.edit(
        "clusters/base/settings/argocd-cm.yaml",
        "metadata:\n",
        "metadata:\n  annotations:\n    argocd.argoproj.io/hook: Skip\n",
      ),
    );
    expect(found).toContain("argocd-settings");
  });
  test("R7: Helm's hook on the quota of a tenant", async () => {
    const found = await rules(async (fleet) => {
      for (const part of ["isolation/shared", "plans/starter", "plans/business", "plans/enterprise"])
        await fleet.edit(
          `apps/tenant/components/${part}/resourcequota.yaml`,
          "metadata:\n",
          "metadata:\n  annotations:\n    helm.sh/hook: pre-install\n",
        );
    });
    expect(found).toContain("tenant-quota");
  });
  test("R7: Helm's hook on a tenant's ConfigMap", async () => {
    const settingsFile = "tenants/wonka/prod-shared/settings.yaml";
    const found = await rules((fleet) =>
      fleet.edit(settingsFile, "metadata:\n", "metadata:\n  annotations:\n    helm.sh/hook: pre-install\n"),
    );
    expect(found).toContain("application-authority");
  });
});
