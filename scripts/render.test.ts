import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { naiveLoop } from "../tests/bench/support/loop.ts";
import { applicationsOfACluster, cluster, clusters } from "../tests/support/fleet.ts";
import { full, repository, runIn, sampleRepository } from "../tests/support/repository.ts";
import { canonical } from "./lib/core/json.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { run as runProgram } from "./lib/io/process.ts";
import { findTools } from "./lib/io/tools.ts";
import { run } from "./render.ts";

const chosen = full ? clusters : [cluster.hybridSite, cluster.staging];

const objectsIn = (text: string) =>
  text
    .split(/^---$/m)
    .map((part) => Bun.YAML.parse(part))
    .filter((object) => object !== null && object !== undefined)
    .map(canonical)
    .toSorted();

test(`--raw equals plain helm template and kubectl kustomize, object by object (${chosen.length} clusters)`, async () => {
  await using fleet = await sampleRepository(chosen);
  await using other = await repository();
  const selection = { clusters: [], applications: ["root"] };
  const { fleet: expanded } = await loadFleet(await Repository.read(fleet.root, { env: process.env, cache: false }), {
    selection,
  });
  const { script, values } = naiveLoop(expanded.applications, await findTools(process.env), other.root);
  for (const [file, content] of values) await other.write(path.relative(other.root, file), content);
  await other.write("loop.sh", script);
  const output = path.join(other.root, "loop.yaml");
  const loop = await runProgram(["bash", path.join(other.root, "loop.sh"), output], {
    cwd: fleet.root,
    timeout: 300_000,
  });
  expect([loop.exitCode, loop.stderr]).toEqual([0, ""]);

  const { code, stdout } = await runIn(fleet, run, ["--raw", "--no-cache"]);
  const plain = objectsIn(await readFile(output, "utf8"));
  expect(code).toBe(0);
  expect(plain.length).toBeGreaterThan(50);
  expect(objectsIn(stdout)).toEqual(plain);
});

test("P-05: another locale, time zone, umask and order of folders give the same bytes", async () => {
  await using first = await sampleRepository(["prod-hybrid-site"]);
  await using second = await repository();
  const files = (await readdir(first.root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const entry of files.toReversed()) {
    const file = path.relative(first.root, path.join(entry.parentPath, entry.name));
    await second.write(file, await first.read(file));
  }
  const one = await runIn(first, run, ["--no-cache"], { LC_ALL: "C", TZ: "UTC" });
  const umask = process.umask(0o077);
  const two = await runIn(second, run, ["--no-cache"], { LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati" });
  process.umask(umask);
  expect(one.stdout.length).toBeGreaterThan(10_000);
  expect(two.stdout).toBe(one.stdout);
});

test("what Argo CD adds is there without --raw: namespace and tracking", async () => {
  await using fleet = await sampleRepository();
  const { stdout } = await runIn(fleet, run, ["--application", "service-frontend"]);
  const service = stdout.split(/^---$/m).find((text) => text.includes("\nkind: Service\n"))!;
  expect(service).toContain("  namespace: murima\n");
  expect(service).toContain("argocd.argoproj.io/tracking-id: service-frontend:/Service:murima/frontend\n");
});

test("--out writes one file an object, and replaces only what it wrote", async () => {
  await using fleet = await sampleRepository();
  const out = path.join(fleet.root, "out");
  const render = () => runIn(fleet, run, ["--application", "service-frontend", "--out", "out"]);
  expect((await render()).code).toBe(0);
  const files = (await readdir(out, { recursive: true })).filter((file) => file.endsWith(".yaml")).toSorted();
  expect(files).toContain("dev-shared/service-frontend/murima/deployment.apps_frontend.yaml");
  await fleet.write("out/dev-shared/stale.yaml", "");
  expect((await render()).code).toBe(0);
  expect(existsSync(path.join(out, "dev-shared/stale.yaml"))).toBe(false);

  await fleet.write("mine/notes.txt", "keep\n");
  const refused = await runIn(fleet, run, ["--out", "mine"]);
  expect([refused.code, await fleet.read("mine/notes.txt")]).toEqual([2, "keep\n"]);
});

test("what can't be rendered is said, and the exit code tells", async () => {
  await using fleet = await sampleRepository();
  await fleet.values("clusters/dev-shared/services/frontend/values.yaml", "replcas: 1\n");
  const { code, stdout, stderr } = await runIn(fleet, run, ["--application", "service-frontend"]);
  expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("did you mean replicas?")]);
});

test("parts of the fleet are rendered on machines of their own, and the last one finds all in the cache", async () => {
  await using fleet = await sampleRepository([cluster.dev]);
  await using last = await repository();
  const cacheOf = (root: string) => path.join(root, "cache");
  const file = (root: string) => path.join(cacheOf(root), "murima2025-gitops/render");
  const { helm, kubectl } = await findTools(process.env);
  const programs = { GITOPS_ENGINE: "off", GITOPS_HELM: helm.program, GITOPS_KUBECTL: kubectl.program };
  let rendered = 0;
  for (const part of ["1/3", "2/3", "3/3"]) {
    await using machine = await repository();
    const env = { ...programs, XDG_CACHE_HOME: cacheOf(machine.root) };
    const { code, stderr } = await runIn(fleet, run, ["--shard", part], env);
    expect([part, code]).toEqual([part, 0]);
    rendered += Number(/(\d+) of \d+ Applications are in the cache/.exec(stderr)?.[1]);
    new Database(path.join(file(machine.root), "cache.sqlite")).run("PRAGMA wal_checkpoint(TRUNCATE)");
    await mkdir(file(last.root), { recursive: true });
    await copyFile(path.join(file(machine.root), "cache.sqlite"), path.join(file(last.root), `part-${part[0]}.sqlite`));
  }
  // Roots are rendered by every part: they hold the others.
  expect(rendered).toBe(applicationsOfACluster);
  const whole = await Repository.read(fleet.root, {
    env: { ...process.env, ...programs, XDG_CACHE_HOME: cacheOf(last.root) },
  });
  const { fleet: loaded } = await loadFleet(whole);
  expect(loaded.applications.filter(({ cached }) => !cached).map(({ id }) => id)).toEqual([]);
});

test.each(["0/3", "4/3", "x", "1"])("--shard %s is no part", async (part) => {
  await using fleet = await sampleRepository([cluster.dev]);
  const { code, stderr } = await runIn(fleet, run, ["--shard", part]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("--shard takes I/N")]);
});
