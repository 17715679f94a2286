/** An empty cluster, and Argo CD brought to it out of its own addon; skipped, and counted so, where there is no Go. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { type ControlPlane, startControlPlane } from "../lab/control-plane.ts";
import { labProgram } from "../lab/programs.ts";
import { run as bootstrap } from "../scripts/bootstrap.ts";
import { run as bump } from "../scripts/bump-chart.ts";
import { type JsonObject, stringAt } from "../scripts/lib/core/json.ts";
import { loadFleet } from "../scripts/lib/fleet/load.ts";
import { Repository } from "../scripts/lib/fleet/repository.ts";
import { chartModules } from "../tools/charts/modules.ts";
import { packChart } from "../tools/charts/pack.ts";
import { chartServer } from "./support/chart-server.ts";
import { checkout, cluster } from "./support/fleet.ts";
import { runIn, sampleRepository, type TestRepository } from "./support/repository.ts";

setDefaultTimeout(120_000);

const archive = await packChart("argocd", process.env);
const program = await labProgram(checkout, { ...process.env, XDG_CACHE_HOME: undefined }, "control").catch(
  () => undefined,
);
const argv = ["--cluster", cluster.dev];

describe.skipIf(archive === undefined)("Argo CD out of its own addon", () => {
  let fleet: TestRepository;
  let env: Record<string, string>;

  beforeAll(async () => {
    fleet = await sampleRepository([cluster.dev]);
    env = { GITOPS_CHARTS: await mkdtemp(path.join(tmpdir(), "charts-")) };
    await using server = chartServer();
    const { chart, version } = chartModules["argocd"]!;
    server.offer(chart, version, archive!);
    // A console that is there has a way to it.
    const consoles = "../../../../apps/platform/consoles/components";
    await fleet.edit(
      `clusters/${cluster.dev}/platform/consoles/kustomization.yaml`,
      `  - ${consoles}/aws\n`,
      `  - ${consoles}/argocd\n  - ${consoles}/aws\n`,
    );
    const from = ["--from", server.repository, "--registry", server.host];
    const placed = await runIn(
      fleet,
      bump,
      ["--addon", "argocd", "--version", version, ...argv, "--place", ...from],
      env,
    );
    expect([placed.code, placed.code === 0 ? "" : placed.stderr]).toEqual([0, ""]);
  });
  afterAll(() => fleet[Symbol.asyncDispose]());

  const rendered = async () => {
    const repository = await Repository.read(fleet.root, { env: { ...process.env, ...env } });
    const { fleet: loaded } = await loadFleet(repository, { selection: { clusters: [], applications: [] } });
    return (...names: string[]) =>
      loaded.applications
        .filter(({ name }) => names.includes(name))
        .flatMap(({ objects }) => objects.map(({ object }) => object));
  };

  test("what bootstrap brings is what its Application renders, but for kinds that other addons define", async () => {
    const { code, stdout } = await runIn(fleet, bootstrap, argv, env);
    expect(code).toBe(0);
    const steps = stdout.split(/^---$/m).slice(1);
    const brought = (what: string) =>
      steps.filter((text) => text.startsWith(`\n# ${what}\n`)).map((text) => Bun.YAML.parse(text) as JsonObject);
    const objectsOf = await rendered();
    const own = objectsOf("addon-argocd");
    const later = own.filter(({ kind }) => kind === "ServiceMonitor");
    expect(later).toHaveLength(1);
    expect(brought("argocd")).toEqual(own.filter((object) => !later.includes(object)));
    expect(brought("definitions of argocd")).toEqual(objectsOf("definitions-argocd"));
    const order = [...new Set(steps.map((text) => /^\n# (.*)$/m.exec(text)![1]!))];
    expect(order.indexOf("definitions of argocd")).toBeLessThan(order.indexOf("projects"));
    expect(order.slice(-2)).toEqual(["argocd", "root"]);
  });

  test("without its archive nothing is brought", async () => {
    const other = { GITOPS_CHARTS: await mkdtemp(path.join(tmpdir(), "charts-")) };
    const { code, stdout, stderr } = await runIn(fleet, bootstrap, argv, other);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining("bun run charts pull")]);
  });

  describe.skipIf(program === undefined)("on an empty API server (needs bun run lab build)", () => {
    let plane: ControlPlane;
    beforeAll(async () => {
      plane = await startControlPlane(program!, { controllers: false });
    });
    afterAll(() => plane.stop());

    test("everything is admitted, definitions first, and a second time changes nothing", async () => {
      const { body } = await plane.api.request("GET", "/api/v1/namespaces/kube-system");
      const uid = stringAt(body, "metadata", "uid")!;
      await fleet.edit(`clusters/${cluster.dev}/facts/cluster.yaml`, "  domain:", `  fingerprint: ${uid}\n  domain:`);
      const own = {
        ...env,
        KUBECONFIG: plane.kubeconfig,
        SOPS_AGE_KEY_FILE: `${fleet.root}/clusters/${cluster.dev}/published.agekey`,
      };
      const objects = (await rendered())("definitions-argocd", "addon-argocd").filter(
        ({ kind }) => kind !== "ServiceMonitor",
      );
      const versions: string[][] = [];
      for (let round = 0; round < 2; round++) {
        const { code, stderr } = await runIn(
          fleet,
          bootstrap,
          [...argv, "--context", "lab", "--apply", "--wait", "0"],
          own,
        );
        expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
        plane.api.rediscover();
        versions.push(
          await Promise.all(
            objects.map(async (object) => {
              const live = (await plane.api.request("GET", (await plane.api.pathOf(object))!)).body;
              return `${stringAt(object, "kind")} ${stringAt(live, "metadata", "resourceVersion")}`;
            }),
          ),
        );
      }
      expect(versions[0]!.length).toBeGreaterThan(40);
      expect(versions[0]!.filter((text) => text.endsWith("undefined"))).toEqual([]);
      expect(versions[1]).toEqual(versions[0]);
    });
  });
});
