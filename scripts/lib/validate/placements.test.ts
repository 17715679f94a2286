/** What a tenant's own files may not do. */
import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import type { TestFiles } from "../../../tests/support/repository.ts";
import { validate } from "./validate.ts";

const placement = `tenants/wonka/${cluster.shared}`;

async function rulesOf(change: (files: TestFiles) => Promise<unknown>, clusters: string[] = [cluster.shared]) {
  const { findings } = await validate(await changedFleet(clusters, change));
  return [...new Set<string>(findings.map(({ rule }) => rule))].toSorted();
}

/** A ConfigMap of its own, with annotations. */
const configMap =
  (annotations: string, name = "extra") =>
  async (files: TestFiles) => {
    const more = annotations === "" ? "" : `  annotations:\n    ${annotations}\n`;
    await files.manifest(
      `${placement}/extra.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}data:\n  a: b\n`,
    );
    await files.edit(`${placement}/kustomization.yaml`, "resources:\n", "resources:\n  - ./extra.yaml\n");
  };

describe("R17: a host of its copies in any layer", () => {
  const values = `tenants/soylent/${cluster.sharedUs}/services/frontend/values.yaml`;
  const own = "tenants/soylent/values.yaml";
  const host = (name: string) => (files: TestFiles) => files.values(values, `publicHost: ${name}\n`);
  test("a stranger's, in the values of one service", async () => {
    expect(await rulesOf(host("evil.example.com"), [cluster.sharedUs])).toEqual(["tenant-hosts"]);
  });
  test("in what holds for all of them", async () => {
    const change = (files: TestFiles) => files.edit(own, /^publicHost: .*$/m, "publicHost: evil.example.com");
    expect(await rulesOf(change, [cluster.sharedUs])).toEqual(["tenant-hosts"]);
  });
  test("twin: its own", async () => {
    let name = "";
    const found = await rulesOf(
      async (files) => {
        name = /^publicHost: (.*)$/m.exec(await files.read(own))![1]!;
        await host(name)(files);
      },
      [cluster.sharedUs],
    );
    expect([name === "", found]).toEqual([false, []]);
  });
});

describe("R19: orders to Argo CD in a placement", () => {
  test.each([
    "argocd.argoproj.io/sync-options: Prune=false",
    "argocd.argoproj.io/sync-options: Prune=false,Delete=false",
    "argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true,Delete=false",
    "argocd.argoproj.io/compare-options: IgnoreExtraneous",
    "argocd.argoproj.io/ignore-healthcheck: 'true'",
    "helm.sh/resource-policy: keep",
  ])("%s", async (annotation) => expect(await rulesOf(configMap(annotation))).toContain("object-metadata"));

  test.each([
    "",
    "argocd.argoproj.io/sync-wave: '1'",
    "argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true",
    "example.com/owner: wonka",
  ])("twin: %s", async (annotation) => expect(await rulesOf(configMap(annotation))).toEqual([]));

  test("the tenant's label taken away", async () => {
    const found = await rulesOf((files) =>
      files.edit(
        `${placement}/kustomization.yaml`,
        /$/,
        "patches:\n  - target:\n      kind: ConfigMap\n    patch: |-\n      - op: remove\n        path: /metadata/labels/murima2025.com~1tenant\n",
      ),
    );
    expect(found).toContain("tenant-label");
  });

  test("an object that Kubernetes writes", async () => {
    expect(await rulesOf(configMap("", "kube-root-ca.crt"))).toEqual(["object-name"]);
    expect(await rulesOf(configMap("", "kube-root-ca"))).toEqual([]);
  });
});

describe("R23: how often copies are scraped", () => {
  const file = `tenants/soylent/${cluster.sharedUs}/services/case-service/values.yaml`;
  const found = (interval: string) =>
    rulesOf((files) => files.values(file, `monitoring:\n  interval: ${interval}\n`), [cluster.sharedUs]);
  test.each(["0s", "1s", "14s", "0015s", "1000s", "15"])("%s", async (interval) =>
    expect(await found(interval)).not.toEqual([]),
  );
});

test("R23: the platform's layers are held to it as well", async () => {
  const values = (interval: string) =>
    rulesOf(
      (files) => files.edit("apps/services/case-service/values.yaml", /$/, `monitoring:\n  interval: ${interval}\n`),
      [cluster.dev],
    );
  expect(await values("1s")).not.toEqual([]);
  expect(await values("30s")).toEqual([]);
});
