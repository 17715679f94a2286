/** M7: what a misspelt kind brings with it is folded, and nothing else that is wrong. */
import { describe, expect, test } from "bun:test";

import type { Edit } from "../../../tests/support/findings.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { run as validate } from "../../validate.ts";
import type { Finding } from "../core/finding.ts";
import type { Summary } from "../report/summary.ts";

const { dev } = cluster;

async function judged(edit: Edit): Promise<{ findings: Finding[]; summary: Summary }> {
  await using fleet = await sampleRepository([dev]);
  await edit(fleet);
  const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
  return JSON.parse(stdout) as { findings: Finding[]; summary: Summary };
}

describe("a kind that is misspelt excuses what follows from it, and nothing else", () => {
  const overlay = `clusters/${dev}/kustomization.yaml`;
  const sets = "clusters/base/applicationsets";
  const misspell: Edit = (fleet) =>
    fleet.edit(`${sets}/services.yaml`, "kind: ApplicationSet\n", "kind: ApplicationSett\n");
  const patch =
    (target: string): Edit =>
    (fleet) =>
      fleet.edit(
        overlay,
        /$/,
        `patches:\n  - target: ${target}\n    patch: |\n      - op: remove\n        path: /spec/x\n`,
      );
  const rules = (findings: readonly Finding[]) => [...new Set(findings.map(({ rule }) => rule))].toSorted();
  const stated: Finding["rule"] = "kubernetes-schema";

  test.each<[string, string, Finding["rule"][]]>([
    ["by its name", "{kind: ApplicationSet, name: services}", [stated]],
    ["another, which is not there", "{kind: ApplicationSet, name: nowhere}", [stated, "kustomize-target"]],
    ["of another kind", "{kind: AppProject, name: services}", [stated, "kustomize-target"]],
  ])("a patch of it %s", async (_what, target, expected) => {
    const { findings } = await judged(async (fleet) => {
      await misspell(fleet);
      await patch(target)(fleet);
    });
    expect(rules(findings)).toEqual(expected.toSorted());
  });

  test("two of them are two, each with its own followers", async () => {
    const { findings, summary } = await judged(async (fleet) => {
      await misspell(fleet);
      await fleet.edit("apps/platform/namespaces/argocd/namespace.yaml", "kind: Namespace\n", "kind: Namespaze\n");
      await fleet.edit(
        `clusters/${dev}/platform/namespaces/kustomization.yaml`,
        /$/,
        "patches:\n  - target: {kind: Namespace, name: argocd}\n    patch: |\n      - op: remove\n        path: /spec/x\n",
      );
    });
    const files = findings.filter(({ rule }) => rule === stated).map(({ file }) => file);
    expect(new Set(files)).toEqual(
      new Set(["apps/platform/namespaces/argocd/namespace.yaml", `${sets}/services.yaml`]),
    );
    expect(rules(findings)).not.toContain("kustomize-target");
    expect(summary.folded).toContainEqual({
      what: expect.stringContaining(`kustomize-target at clusters/${dev}/platform/namespaces/kustomization.yaml`),
      reason: "follows from apps/platform/namespaces/argocd/namespace.yaml (kubernetes-schema)",
    });
  });
});
