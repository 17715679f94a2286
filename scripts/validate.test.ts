import { describe, expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";

import { applicationsOfACluster, services } from "../tests/support/fleet.ts";
import { repository, runIn, sampleRepository } from "../tests/support/repository.ts";
import { run as git } from "./lib/io/process.ts";
import type { Summary } from "./lib/report/summary.ts";
import { rules } from "./lib/validate/rules.ts";
import { run } from "./validate.ts";

/** What no run can judge. */
const cannotJudge = "APIs after Kubernetes 1.37";
/** What a selected cluster can't show. */
const ofTheFleet = ["rule host-collision", "rule orphan-file", "rule split-store", "rule store-owner"];
/** By the stock programs, as without the engine: with it, what is left out depends on the definitions at hand. */
const stock = { GITOPS_ENGINE: "off" };
/** What nothing but the engine can say. */
const ofTheServer = "values that only Kubernetes' own code refuses";

function summaryOf(stdout: string): Summary {
  return (JSON.parse(stdout) as { summary: Summary }).summary;
}

describe("the result", () => {
  test("json has every number of the summary, and lists of what was left out", async () => {
    await using fleet = await sampleRepository();
    const { code, stdout, stderr } = await runIn(fleet, run, ["--cluster", "dev-shared", "--format", "json"], stock);
    const summary = summaryOf(stdout);
    expect(summary).toMatchObject({
      clusters: 1,
      applications: applicationsOfACluster,
      rendered: applicationsOfACluster,
      findings: 0,
      notRendered: [],
    });
    expect(summary.objects).toBeGreaterThan(80);
    expect(summary.notChecked.map(({ what }) => what).toSorted()).toEqual([cannotJudge, ...ofTheFleet, ofTheServer]);
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("text names the place, the object, the Applications and a fix", async () => {
    await using fleet = await sampleRepository();
    await fleet.edit("apps/services/case-service/values.yaml", "enabled: true", "enabled: always");
    const { code, stdout } = await runIn(fleet, run, ["--cluster", "dev-shared"]);
    expect(stdout).toContain("error apps/services/case-service/values.yaml:20:14 values-schema\n");
    expect(stdout).toContain('config.encryption.enabled is "always", which is not a boolean');
    expect(stdout).toContain(
      "1 Application not rendered: its values break the chart's schema (dev-shared/service-case-service)",
    );
    expect(stdout).toContain("fix: write a boolean");
    expect(code).toBe(1);
  });

  test("github is one annotation a finding, with its text escaped", async () => {
    await using fleet = await sampleRepository();
    await fleet.edit("clusters/dev-shared/facts/cluster.yaml", "ring: 1", "ring: 1%");
    const { stdout } = await runIn(fleet, run, ["--cluster", "dev-shared", "--format", "github"]);
    const place = "file=clusters/dev-shared/facts/cluster.yaml,line=12,col=9,title=document-schema";
    expect(stdout).toContain(
      `::error ${place}::spec.ring is "1%25", which is not an integer%0Afix: write an integer\n`,
    );
  });

  test("markdown keeps a table whole whatever the text holds", async () => {
    await using fleet = await sampleRepository();
    await fleet.edit("clusters/dev-shared/facts/cluster.yaml", "provider: aws", 'provider: "a|b <i>"');
    const { stdout } = await runIn(fleet, run, ["--cluster", "dev-shared", "--format", "markdown"]);
    expect(stdout).toContain('spec.provider is "a\\|b &lt;i>"');
  });
});

describe("the selection", () => {
  test("one cluster: its references are judged, what needs the whole fleet is not", async () => {
    await using fleet = await sampleRepository(["dev-shared", "staging-shared"]);
    const { stdout } = await runIn(fleet, run, ["--cluster", "dev-shared", "--format", "json"], stock);
    const { clusters, notChecked } = summaryOf(stdout);
    expect([clusters, notChecked.map(({ what }) => what).toSorted()]).toEqual([
      1,
      [cannotJudge, ...ofTheFleet, ofTheServer],
    ]);
  });

  test("one Application: the others are named as left out, and so are the rules that need them", async () => {
    await using fleet = await sampleRepository();
    const { stdout } = await runIn(fleet, run, ["--application", "service-frontend", "--format", "json"], stock);
    const summary = summaryOf(stdout);
    expect(summary.rendered).toBe(1);
    expect(summary.notRendered).toHaveLength(applicationsOfACluster - 1);
    const needy = rules
      .filter(({ needs, compares }) => needs !== undefined || compares !== undefined)
      .map(({ id }) => `rule ${id}`);
    expect(summary.notChecked.map(({ what }) => what).toSorted()).toEqual([cannotJudge, ...needy, ofTheServer]);
    expect(needy).toContain("rule orphan-file");
  });

  test("--changed renders the readers of what differs from a revision, and no others", async () => {
    await using fleet = await sampleRepository();
    const repo = ["git", "-C", fleet.root, "-c", "user.name=test", "-c", "user.email=test@example.com"] as const;
    for (const args of [
      ["init", "-q"],
      ["add", "-A"],
      ["commit", "-q", "-m", "first"],
    ])
      await git([...repo, ...args]);
    const rendered = async () => {
      const { stdout } = await runIn(fleet, run, ["--changed", "HEAD", "--format", "json"]);
      const left = summaryOf(stdout).notRendered.map(({ what }) => what);
      return summaryOf(stdout).applications - left.length;
    };
    expect(await rendered()).toBe(0);
    await fleet.edit("apps/services/frontend/values.yaml", "cpu: 100m", "cpu: 200m");
    expect(await rendered()).toBe(1);
    await fleet.write("apps/charts/service/README.md", "# New\n");
    expect(await rendered()).toBe(services.length);
  });

  test("what does not exist is wrong usage, with what was probably meant", async () => {
    await using fleet = await sampleRepository();
    const cluster = await runIn(fleet, run, ["--cluster", "dev-share"]);
    expect([cluster.code, cluster.stderr]).toEqual([2, expect.stringContaining("did you mean dev-shared?")]);
    const application = await runIn(fleet, run, ["--application", "service-fronted"]);
    expect([application.code, application.stderr]).toEqual([
      2,
      expect.stringContaining("did you mean service-frontend?"),
    ]);
    const option = await runIn(fleet, run, ["--clutser", "dev-shared"]);
    expect([option.code, option.stderr]).toEqual([2, expect.stringContaining("--cluster")]);
    const revision = await runIn(fleet, run, ["--changed", "--output=/tmp/x"]);
    expect(revision.code).toBe(2);
    const format = await runIn(fleet, run, ["--format", "yaml"]);
    expect([format.code, format.stderr]).toEqual([2, expect.stringContaining("text, json, github, markdown")]);
  });

  test("a folder without a fleet is wrong usage, not an empty success", async () => {
    await using folder = await repository({ "README.md": "# Nothing\n" });
    const { code, stderr } = await runIn(folder, run, []);
    expect([code, stderr]).toEqual([2, expect.stringContaining("run this at the root of the repository")]);
  });
});

describe("bad input", () => {
  test("a cluster whose facts have errors is said not to be checked", async () => {
    await using fleet = await sampleRepository(["dev-shared", "staging-shared"]);
    await fleet.edit("clusters/staging-shared/facts/cluster.yaml", "ring: 1", "ring: one");
    const { code, stdout } = await runIn(fleet, run, ["--format", "json"]);
    const { applications, notChecked } = summaryOf(stdout);
    expect([code, applications]).toEqual([1, applicationsOfACluster]);
    expect(notChecked).toContainEqual({ what: "cluster staging-shared", reason: "its facts have errors" });
  });

  test("an ApplicationSet that can't be expanded loses no Application silently", async () => {
    await using fleet = await sampleRepository();
    await fleet.edit(
      "clusters/base/applicationsets/services.yaml",
      '"{{ .values.cluster }}"',
      '"{{ .values.clustr }}"',
    );
    const { code, stdout } = await runIn(fleet, run, ["--format", "json"]);
    expect([code, summaryOf(stdout).applications]).toEqual([1, applicationsOfACluster - services.length]);
    expect(stdout).toContain("{{ .values.clustr }} names nothing; there is cluster, domain, environment");
  });

  test("B-06: a file with a bomb reaches no program", async () => {
    await using fleet = await sampleRepository();
    const levels = Array.from(
      { length: 9 },
      (_, level) => `  l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    await fleet.write("apps/platform/namespaces/closed/default-deny.yaml", `x:\n  l0: &l0 y\n${levels.join("\n")}\n`);
    const { code, stdout } = await runIn(fleet, run, ["--format", "json"]);
    expect(code).toBe(1);
    expect(summaryOf(stdout).notRendered).toContainEqual({
      what: "dev-shared/platform-namespaces",
      reason: "it reads apps/platform/namespaces/closed/default-deny.yaml, which has errors",
    });
  });

  test("B-09: links are refused wherever they lead, and not followed", async () => {
    await using fleet = await sampleRepository();
    await using outside = await repository({ "secret.yaml": "outside: true\n" });
    const chart = path.join(fleet.root, "apps/charts/service/templates");
    const cluster = path.join(fleet.root, "clusters/dev-shared");
    await symlink(path.join(outside.root, "secret.yaml"), path.join(chart, "absolute.yaml"));
    await symlink("deployment.yaml", path.join(chart, "inside.yaml"));
    await symlink("inside.yaml", path.join(chart, "two-hops.yaml"));
    await symlink("nowhere.yaml", path.join(chart, "dangling.yaml"));
    await symlink("loop.yaml", path.join(chart, "loop.yaml"));
    await symlink(outside.root, path.join(cluster, "folder"));
    const { code, stdout } = await runIn(fleet, run, ["--format", "json"]);
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; file: string }[] };
    const links = findings.filter(({ rule }) => rule === "symlink").map(({ file }) => path.posix.basename(file));
    expect(links).toEqual(["absolute.yaml", "dangling.yaml", "inside.yaml", "loop.yaml", "two-hops.yaml", "folder"]);
    expect([code, stdout.includes("outside")]).toEqual([1, false]);
  });

  test("B-09: what a kustomization names outside the repository is not read", async () => {
    await using fleet = await sampleRepository();
    const file = "clusters/dev-shared/platform/namespaces/kustomization.yaml";
    await fleet.edit(file, "../../facts", "../../../../../../etc");
    const { code, stdout } = await runIn(fleet, run, ["--format", "json"]);
    expect([code, stdout]).toEqual([1, expect.stringContaining("which is not in this repository")]);
  });

  test("B-08: a remote base, a plugin and Helm inflation are no part of a kustomization", async () => {
    for (const [field, value] of [
      ["resources", "\n  - https://example.com/base?ref=v1"],
      ["generators", "\n  - ./generator.yaml"],
      ["helmCharts", "\n  - name: x"],
      ["openapi", "\n  path: x.json"],
    ]) {
      await using fleet = await sampleRepository();
      await fleet.edit("clusters/dev-shared/facts/kustomization.yaml", /resources:[^]*$/, `${field}:${value}\n`);
      const { code, stdout } = await runIn(fleet, run, ["--format", "json"]);
      expect([code, field, stdout]).toEqual([1, field!, expect.stringContaining('"kustomization-schema"')]);
    }
  });

  test("a chart whose schema is none is a finding, not a crash", async () => {
    for (const [content, says] of [
      ["{ broken", "is not JSON"],
      ['{ "type": "nothing" }', "is not a valid JSON Schema"],
    ] as const) {
      await using fleet = await sampleRepository();
      await fleet.write("apps/charts/service/values.schema.json", content);
      const { code, stdout } = await runIn(fleet, run, ["--format", "json"]);
      expect([code, stdout]).toEqual([1, expect.stringContaining(says)]);
      expect(summaryOf(stdout).rendered).toBe(applicationsOfACluster - services.length);
    }
  });
});

describe("tools that fail are never an empty result", () => {
  const fakes: Record<string, [script: string, says: string]> = {
    "wrong program": ["echo hello", "does not answer like helm"],
    "wrong version": ["echo v3.19.0", "has version 3.19.0; needed is helm >=4.2.0 <5"],
    killed: [`[ "$1" = version ] && echo v4.2.3 && exit; kill -9 $$`, "was ended by SIGKILL"],
    "exit code 137": [`[ "$1" = version ] && echo v4.2.3 && exit; exit 137`, "exit code 137"],
    "error with exit code 0": [`[ "$1" = version ] && echo v4.2.3 && exit; echo "Error: no" >&2`, "exit code 0"],
    hangs: [`[ "$1" = version ] && echo v4.2.3 && exit; sleep 100 & wait`, "did not end within"],
    floods: [`[ "$1" = version ] && echo v4.2.3 && exit; yes`, "printed more than"],
  };
  for (const [name, [script, says]] of Object.entries(fakes)) {
    test(`C-04: ${name}`, async () => {
      await using fleet = await sampleRepository();
      await fleet.write("helm", `#!/bin/sh\n${script}\n`);
      await Bun.$`chmod +x ${path.join(fleet.root, "helm")}`;
      const env = { GITOPS_HELM: path.join(fleet.root, "helm"), GITOPS_TIMEOUT: "2" };
      const { code, stdout, stderr } = await runIn(fleet, run, ["--no-cache", "--format", "json"], env);
      expect([code, stderr]).toEqual([3, expect.stringContaining(says)]);
      expect(stderr).toContain("tool failed: ");
      // A program that is not the right one renders nothing at all.
      if (name.startsWith("wrong")) return expect(stdout).toBe("");
      // What was not rendered is counted and named; nothing of it is taken for empty.
      const { rendered, notRendered } = summaryOf(stdout);
      expect([rendered > 0, notRendered.length > 0]).toEqual([true, true]);
    });
  }

  test("C-04: missing", async () => {
    await using fleet = await sampleRepository();
    const { code, stderr } = await runIn(fleet, run, [], { GITOPS_HELM: "/nowhere/helm" });
    expect([code, stderr]).toEqual([3, expect.stringContaining("/nowhere/helm could not be started")]);
  });
});

describe("the cache", () => {
  test("a second run starts no program, and one changed service only its own", async () => {
    await using fleet = await sampleRepository();
    const env = { XDG_CACHE_HOME: path.join(fleet.root, "cache"), GITOPS_HELM: undefined };
    const cached = async () => {
      const { stdout } = await runIn(fleet, run, ["--cluster", "dev-shared", "--format", "json"], env);
      return [summaryOf(stdout).cached, summaryOf(stdout).rendered];
    };
    expect(await cached()).toEqual([0, applicationsOfACluster]);
    expect(await cached()).toEqual([applicationsOfACluster, applicationsOfACluster]);
    await fleet.edit("apps/services/frontend/values.yaml", "cpu: 100m", "cpu: 200m");
    expect(await cached()).toEqual([applicationsOfACluster - 1, applicationsOfACluster]);
  });

  test("C-03: a cache that can't be written changes nothing but the time", async () => {
    await using fleet = await sampleRepository();
    await mkdir(path.join(fleet.root, "cache/murima2025-gitops"), { recursive: true });
    const env = { XDG_CACHE_HOME: path.join(fleet.root, "cache") };
    await fleet.write("cache/murima2025-gitops/render", "a file where the folder should be\n");
    const { code, stdout } = await runIn(fleet, run, ["--cluster", "dev-shared", "--format", "json"], env);
    expect([code, summaryOf(stdout).rendered]).toEqual([0, applicationsOfACluster]);
  });
});
