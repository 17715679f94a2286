/** Programs of addons at work; skipped, and counted so, where there is no Go or the lab is not built: bun run lab build. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { run as bump } from "../scripts/bump-chart.ts";
import { run as lab } from "../scripts/lab.ts";
import { chartServer } from "../tests/support/chart-server.ts";
import { checkout, cluster } from "../tests/support/fleet.ts";
import { full, runIn, sampleRepository, type TestRepository } from "../tests/support/repository.ts";
import { chartModules } from "../tools/charts/modules.ts";
import { packChart } from "../tools/charts/pack.ts";
import { labProgram } from "./programs.ts";

setDefaultTimeout(600_000);

/** What the proofs are of, and the definitions that their objects need. */
const addons = ["monitoring-definitions", "envoy-gateway", "cert-manager", "snapshot-controller"] as const;
const userCache = { XDG_CACHE_HOME: undefined };
const isBuilt = await Promise.all(
  (["control", "kwok", "cert-manager", "snapshot-controller"] as const).map((name) =>
    labProgram(checkout, { ...process.env, ...userCache }, name),
  ),
).then(
  () => true,
  () => false,
);

test("a cluster without such an addon is a wrong question", async () => {
  await using fleet = await sampleRepository();
  const { code, stderr } = await runIn(fleet, lab, ["addons", "--cluster", cluster.dev]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("the lab has: cert-manager, snapshot-controller")]);
});

describe.skipIf(!full || !isBuilt)("programs of addons (needs FULL=1 and bun run lab build)", () => {
  let fleet: TestRepository;
  let folder: string;
  const env = () => ({ GITOPS_CHARTS: folder, ...userCache });
  beforeAll(async () => {
    fleet = await sampleRepository([cluster.shared]);
    folder = await mkdtemp(path.join(tmpdir(), "charts-"));
    await cp(path.join(checkout, "lab/programs"), path.join(fleet.root, "lab/programs"), { recursive: true });
    await using server = chartServer();
    for (const addon of addons) {
      const { chart, version } = chartModules[addon]!;
      server.offer(chart, version, (await packChart(addon, process.env))!);
      const what = ["--addon", addon, "--version", version, "--cluster", cluster.shared, "--place"];
      const from = ["--from", server.repository, "--registry", server.host];
      const { code, stderr } = await runIn(fleet, bump, [...what, ...from], { GITOPS_CHARTS: folder });
      expect([addon, code, code === 0 ? "" : stderr]).toEqual([addon, 0, ""]);
    }
  });
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test("they do their work with the arguments and the rights of their charts, and no more are asked for", async () => {
    const { code, stdout, stderr } = await runIn(fleet, lab, ["addons", "--cluster", cluster.shared], env());
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect([...stdout.matchAll(/^seen: (\S+): /gm)].map(([, addon]) => addon)).toEqual([
      ...Array.from({ length: 4 }, () => "cert-manager"),
      ...Array.from({ length: 2 }, () => "snapshot-controller"),
    ]);
  });

  test("roles that are too narrow are seen, by what is refused and by what does not come", async () => {
    await fleet.edit("apps/addons/cert-manager/values.yaml", "  rbac:\n", "  rbac:\n    create: false\n");
    const { code, stdout } = await runIn(fleet, lab, ["addons", "--cluster", cluster.shared], env());
    expect(code).toBe(1);
    expect(stdout).toContain("NOT SEEN: cert-manager: a certificate of a self-signed issuer");
    expect(stdout).toMatch(/REFUSED: cert-manager\S*: User "system:serviceaccount:cert-manager:/);
  });
});
