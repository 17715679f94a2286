/** K8: what Kustomize passes over in silence. */
import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import type { TestFiles } from "../../../tests/support/repository.ts";
import { validate } from "./validate.ts";

const overlay = `clusters/${cluster.dev}/platform/namespaces/kustomization.yaml`;
const facts = "clusters/components/facts/kustomization.yaml";
const patch = (target: string) =>
  `patches:\n  - target: ${target}\n    patch: |-\n      - op: add\n        path: /metadata/labels/a\n        value: b\n`;

async function found(
  change: (files: TestFiles) => Promise<unknown>,
  clusters: string[] = [cluster.dev],
  selection?: string,
) {
  const options = selection === undefined ? {} : { selection: { clusters: [selection], applications: [] } };
  const { findings } = await validate(await changedFleet(clusters, change), options);
  return findings.map(({ rule, file, message, fix }) => ({ rule, file, text: `${message} (${fix})` }));
}
const inOverlay = (target: string) => found((files) => files.edit(overlay, /$/, patch(target)));

describe("K8: targets that pick nothing", () => {
  test.each([
    ["{kind: NetworkPolicy, name: allow-al}", "did you mean allow-dns"],
    ["{kind: Namespac}", "did you mean Namespace"],
    ["{kind: NetworkPolicy, name: argocd, namespace: stores}", "picks no object"],
    ["{group: apps, kind: NetworkPolicy}", "picks no object"],
    ["{version: v9, kind: NetworkPolicy}", "picks no object"],
    ["{kind: NetworkPolicy, name: (argocd|argo)}", "names argo,"],
    // It is in the fleet, in a build that does not include this overlay.
    ["{kind: AppProject, name: platform}", "picks no object in any build"],
    ["{name: murim}", "picks no object"],
  ])("a patch: %s", async (target, text) => {
    expect(await inOverlay(target)).toEqual([
      { rule: "kustomize-target", file: overlay, text: expect.stringContaining(text) },
    ]);
  });

  test("a list of names in the component of facts, as the report has it", async () => {
    const change = (files: TestFiles) => files.edit(facts, "(tenants|tenant-services)", "(tenant|tenant-services)");
    const all = await found(change, [cluster.shared], cluster.shared);
    expect(all.filter(({ rule }) => rule === "kustomize-target")).toEqual([
      {
        rule: "kustomize-target",
        file: facts,
        text: expect.stringContaining("names tenant, which no ApplicationSet is called (did you mean tenants?"),
      },
    ]);
    expect(all.filter(({ rule }) => rule === "placeholder")).toEqual([
      {
        rule: "placeholder",
        file: "clusters/base/applicationsets/tenants.yaml",
        text: expect.stringContaining("tenants/*/CLUSTER"),
      },
    ]);
  });

  test("a replacement by name, and one of a kind that is not there", async () => {
    const change = (from: string, to: string) => found((files) => files.edit(facts, from, to));
    const rules = async (from: string, to: string) => (await change(from, to)).map(({ rule }) => rule);
    expect(
      await rules(
        "kind: NetworkPolicy\n          name: to-api-server",
        "kind: NetworkPolicy\n          name: to-api-serve",
      ),
    ).toContain("kustomize-target");
    expect(
      await rules(
        "kind: NetworkPolicy\n          name: to-api-server",
        "kind: NetworkPolicies\n          name: to-api-server",
      ),
    ).toContain("kustomize-target");
  });

  test.each([
    "{kind: NetworkPolicy, name: allow-dns}",
    "{kind: NetworkPolicy, name: allow-.*}",
    "{kind: (NetworkPolicy|Namespace)}",
    "{kind: NetworkPolicy, name: argocd, namespace: argocd}",
    "{group: networking.k8s.io, version: v1, kind: NetworkPolicy, name: default-deny}",
    "{name: murima}",
  ])("twin: %s", async (target) => expect(await inOverlay(target)).toEqual([]));

  test("twin: a shared component whose target is in one cluster's build alone", async () => {
    const all = await found(async (files) => {
      await files.edit(facts, "replacements:\n", `${patch("{kind: AppProject, name: platform}")}replacements:\n`);
    });
    expect(all.filter(({ rule }) => rule === "kustomize-target")).toEqual([]);
  });

  test("a manifest that can't be read hides what it holds, and nothing is claimed", async () => {
    const all = await found((files) => files.edit("apps/platform/namespaces/argocd/networkpolicy.yaml", /$/, "a: [\n"));
    expect(all.map(({ rule }) => rule)).not.toContain("kustomize-target");
  });
});

describe("K8: places that facts fill", () => {
  const contact = (text: string) => (files: TestFiles) =>
    files.edit(
      "apps/platform/namespaces/murima/namespace.yaml",
      "metadata:\n",
      `metadata:\n  annotations:\n    example.com/text: ${JSON.stringify(text)}\n`,
    );
  test.each([
    "CLUSTER",
    "DOMAIN",
    "https://app.DOMAIN/x",
    "tenant-TENANT",
    "https://git.invalid/x",
    "tenants/*/CLUSTER",
    "vKUBERNETES",
    "domain: DOMAIN\nother: x\n",
    "other: x\nurl = https://api.DOMAIN/\n",
    "url=https://api.DOMAIN/",
    "refs/heads/REVISION",
  ])("left: %s", async (text) => {
    expect((await found(contact(text))).map(({ rule }) => rule)).toEqual(["placeholder"]);
  });
  test.each([
    "CLUSTERS",
    "the CLUSTER is where it runs",
    "TENANT_ID",
    "it comes with clusters/CLUSTER/stores, and not before",
    "X-DOMAINS",
    "every DOMAIN, and no NODES.",
    "git.invalid.example.com",
  ])("twin: %s", async (text) => expect(await found(contact(text))).toEqual([]));
  test("a replacement that is gone is found at the place", async () => {
    const all = await found((files) =>
      files.edit(
        facts,
        "          - spec.generators.0.git.values.domain\n",
        "          - spec.generators.0.git.values.cluster\n",
      ),
    );
    expect(all).toContainEqual({
      rule: "placeholder",
      file: "clusters/base/applicationsets/services.yaml",
      text: expect.stringContaining("DOMAIN"),
    });
  });
});
