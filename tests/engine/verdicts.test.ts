/** What Kubernetes' own code says, in the words of whole commands. */
import { afterAll, describe, expect, test } from "bun:test";

import { run as diff } from "../../scripts/diff.ts";
import { engineOf } from "../../scripts/lib/engine/engine.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { findEngine } from "../../scripts/lib/io/engine-program.ts";
import { temporaryFolder } from "../../scripts/lib/io/files.ts";
import { closeLineProcesses } from "../../scripts/lib/io/line-process.ts";
import { run as validate } from "../../scripts/validate.ts";
import { cluster } from "../support/fleet.ts";
import { runIn, sampleRepository, type TestRepository } from "../support/repository.ts";
import { commit, git } from "../support/tenants.ts";

const engine = await findEngine(process.env);
afterAll(closeLineProcesses);

const overlay = `clusters/${cluster.dev}/platform/namespaces`;

/** Adds an object to a folder that a kustomization deploys. */
async function add(repository: TestRepository, object: string, name = "added"): Promise<void> {
  const file = `${overlay}/kustomization.yaml`;
  await repository.manifest(`${overlay}/${name}.yaml`, object);
  await repository.edit(file, "resources:\n", `resources:\n  - ./${name}.yaml\n`);
}

describe.skipIf(engine === undefined)("with the engine", () => {
  test("what only Kubernetes refuses is a finding, with the file", async () => {
    await using repository = await sampleRepository([cluster.dev]);
    await add(
      repository,
      "apiVersion: v1\nkind: LimitRange\nmetadata:\n  name: limits\n  namespace: argocd\nspec:\n  limits:\n    - type: Container\n      default:\n        cpu: 1\n      max:\n        cpu: 500m\n",
    );
    const { code, stdout } = await runIn(repository, validate, []);
    expect(code).toBe(1);
    expect(stdout).toContain(`error ${overlay}/added.yaml object-validation`);
    expect(stdout).toMatch(
      /Kubernetes refuses spec\.limits\[0\]\.default\[cpu\]: .*default value 1 is greater than max value 500m/s,
    );
  });

  test("what comes with a render is what a judge says who is asked about the objects as Argo CD applies them", async () => {
    await using repository = await sampleRepository([cluster.dev]);
    const odd = [
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: odd\n",
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Capital\n",
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  namespace: elsewhere\nspec:\n  port: 80\n",
      "apiVersion: example.org/v1\nkind: Unknown\nmetadata:\n  name: u\n",
    ];
    for (const [index, object] of odd.entries()) await add(repository, object, `odd${index}`);
    const { fleet, judge } = await loadFleet(
      await Repository.read(repository.root, { env: process.env, cache: false }),
    );
    const asked = (await engineOf(process.env, 60_000))!;
    let refused = 0;
    for (const { manifest, name, objects, request, reads, notRendered } of fleet.applications) {
      if (request === undefined) continue;
      expect([name, notRendered]).toEqual([name, undefined]);
      const definitions = await judge!.definitionsOf(cluster.dev).of(objects.map(({ id }) => id));
      const namespace = (manifest as { spec: { destination: { namespace: string } } }).spec.destination.namespace;
      const server = { kubernetes: "1.36", namespace, definitions };
      const { documents } = await asked.render(request, reads, fleet.tree, { ...server, application: name });
      const verdicts = await asked.judge({ ...server, objects: objects.map(({ object }) => object) });
      expect([name, documents.flatMap((document) => document.verdicts ?? [])]).toEqual([name, verdicts]);
      expect([name, objects.map(({ verdict }) => verdict)]).toEqual([name, verdicts]);
      refused += verdicts.filter(({ refusals }) => refusals !== undefined).length;
    }
    expect(refused).toBeGreaterThanOrEqual(3);
  });

  test("what was kept is what came: objects, their files and verdicts, without a render", async () => {
    await using repository = await sampleRepository([cluster.dev]);
    // A text, to readers of YAML: it is kept as it was read.
    const template = "apps/charts/service/templates/serviceaccount.yaml";
    await repository.edit(template, "metadata:\n", 'metadata:\n  annotations:\n    note: "a\\tb"\n');
    const cache = await temporaryFolder("cache");
    const env = { ...process.env, GITOPS_ENGINE: engine!.program, XDG_CACHE_HOME: cache.path };
    const load = async () => (await loadFleet(await Repository.read(repository.root, { env }))).fleet.applications;
    const cold = await load();
    const warm = await load();
    const seen = cold.map(({ id, objects, notRendered }) => ({ id, objects, notRendered }));
    expect(warm.map(({ id, objects, notRendered }) => ({ id, objects, notRendered }))).toEqual(seen);
    expect(warm.filter(({ cached, notRendered }) => !cached && notRendered === undefined)).toEqual([]);
    await cache.remove();
  });

  test("the summary says by what it was rendered and judged; without the engine, that nothing was", async () => {
    await using repository = await sampleRepository([cluster.dev]);
    const judged = await runIn(repository, validate, []);
    expect(judged.stdout).toMatch(/rendered by the engine, judged by Kubernetes 1\.36/);
    const stock = await runIn(repository, validate, [], { GITOPS_ENGINE: "off" });
    expect(stock.stdout).toMatch(/rendered by helm 4\.\d+\.\d+, kustomize 5\.8\.1/);
    expect(stock.stdout).toContain("the engine is not built: bun run engine");
  });

  test("a change of what can't change is refused by diff, and one that can is not", async () => {
    await using repository = await sampleRepository([cluster.dev]);
    const deployment = "apps/charts/service/templates/deployment.yaml";
    const helpers = "apps/charts/service/templates/_helpers.tpl";
    const part = "app.kubernetes.io/part-of: murima";
    git(repository, "init", "--quiet");
    commit(repository);
    // Of the selector and of the pods' labels.
    await repository.edit(helpers, part, `${part}\ntier: web`);
    const refused = await runIn(repository, diff, ["HEAD"]);
    expect(refused.stdout).toMatch(/Refused by the cluster: \d+ changes/);
    expect(refused.stdout).toMatch(/apps\/Deployment .*spec\.selector: .*field is immutable/);
    expect(refused.code).toBe(1);
    await repository.edit(helpers, `${part}\ntier: web`, part);
    await repository.edit(
      deployment,
      "terminationGracePeriodSeconds:",
      "hostname: twin\n      terminationGracePeriodSeconds:",
    );
    const twin = await runIn(repository, diff, ["HEAD"]);
    expect(twin.stdout).toContain("hostname: + twin");
    expect([twin.code, twin.stdout]).toEqual([0, expect.not.stringContaining("Refused")]);
  });
});
