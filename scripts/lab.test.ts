/** The lab, where it is built: bun run lab build. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import path from "node:path";

import { run } from "./lab.ts";
import { cacheFolder } from "./lib/io/cache.ts";
import { excuseOf } from "./lib/lab/compare.ts";
import { mutate, randomFrom } from "./lib/lab/mutate.ts";
import { labProgram } from "./lib/lab/programs.ts";
import { checkout, repository, runIn, sampleRepository } from "./lib/testing/repository.ts";

/** The user's own cache: that of a test run holds no built programs. */
const env = { XDG_CACHE_HOME: undefined };
const isBuilt = await labProgram(checkout, { ...process.env, ...env }, "control").then(
  () => true,
  () => false,
);
const hasDefinitions = existsSync(process.env["CRDS_DIR"] ?? "");

async function fleetWithLab() {
  const fleet = await sampleRepository();
  await cp(path.join(checkout, "tools/lab"), path.join(fleet.root, "tools/lab"), { recursive: true });
  return fleet;
}

describe.skipIf(!isBuilt || !hasDefinitions)("a real API server (needs bun run lab build, and CRDS_DIR)", () => {
  test("admits every object of a cluster, agrees on mutations, and leaves nothing behind", async () => {
    await using fleet = await fleetWithLab();
    await using temporary = await repository();
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = temporary.root;
    const { code, stdout } = await runIn(fleet, run, ["admit", "--mutations", "200"], env).finally(() => {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    });
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^137 objects asked about .* 0 findings\n200 mutations .* 0 not\n$/),
    ]);
    expect(await readdir(temporary.root)).toEqual([]);
  });

  test("says what it refuses, and where", async () => {
    await using fleet = await fleetWithLab();
    await fleet.edit("apps/charts/service/templates/service.yaml", "- name: metrics", "- name: http");
    const { code, stdout } = await runIn(fleet, run, ["admit", "--mutations", "0"], env);
    expect([code, stdout]).toEqual([1, expect.stringContaining("lab-admit")]);
    expect(stdout).toContain("error apps/charts/service/templates/service.yaml lab-admit\n");
  });
});

describe.skipIf(!isBuilt || !hasDefinitions)("a lab that stays up (needs bun run lab build, and CRDS_DIR)", () => {
  const start = async (root: string, cache: string, temporary: string) => {
    // Its state lies in a cache of its own; the built programs are the user's.
    await mkdir(path.join(cache, "murima2025-gitops"), { recursive: true });
    await symlink(
      path.join(cacheFolder({ HOME: process.env["HOME"] }), "lab"),
      path.join(cache, "murima2025-gitops/lab"),
    );
    const lab = { ...process.env, XDG_CACHE_HOME: cache, TMPDIR: temporary };
    const child = Bun.spawn([process.execPath, path.join(checkout, "scripts/lab.ts"), "up"], {
      cwd: root,
      env: lab,
      stdout: "pipe",
      stderr: "ignore",
    });
    for await (const text of child.stdout) if (new TextDecoder().decode(text).startsWith("export KUBECONFIG=")) break;
    return child;
  };
  /** Programs of the lab whose arguments or log name its folder. */
  const programsIn = async (folder: string) => {
    const { stdout } = Bun.spawnSync(["ps", "-eo", "args"]);
    return stdout
      .toString()
      .split("\n")
      .filter((line) => line.includes(`${folder}/murima2025-lab-`)).length;
  };

  test("up, status, exec, a second up refused, down", async () => {
    await using fleet = await fleetWithLab();
    await using cache = await repository();
    await using temporary = await repository();
    const own = { XDG_CACHE_HOME: cache.root };
    const child = await start(fleet.root, cache.root, temporary.root);
    expect((await runIn(fleet, run, ["status"], own)).stdout).toStartWith(`process ${child.pid}, KUBECONFIG=`);
    const nodes = await runIn(fleet, run, ["exec", "--", "get", "nodes", "--output=name"], own);
    expect([nodes.code, nodes.stdout]).toEqual([0, "node/node-a\nnode/node-b\nnode/node-c\n"]);
    const second = await runIn(fleet, run, ["up"], own);
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("a lab is running already")]);
    expect((await runIn(fleet, run, ["down"], own)).code).toBe(0);
    await child.exited;
    expect([await readdir(temporary.root), await programsIn(temporary.root)]).toEqual([[], 0]);
    expect((await runIn(fleet, run, ["exec", "--", "get", "nodes"], own)).code).toBe(2);
  });

  test("killed, it takes its programs with it", async () => {
    await using fleet = await fleetWithLab();
    await using cache = await repository();
    await using temporary = await repository();
    const child = await start(fleet.root, cache.root, temporary.root);
    expect(await programsIn(temporary.root)).toBeGreaterThan(3);
    child.kill("SIGKILL");
    await child.exited;
    for (let tries = 0; (await programsIn(temporary.root)) > 0 && tries < 100; tries++) await Bun.sleep(100);
    expect(await programsIn(temporary.root)).toBe(0);
    expect((await runIn(fleet, run, ["status"], { XDG_CACHE_HOME: cache.root })).stdout).toBe("no lab is running\n");
  });
});

test("without a build, or definitions, it says what to do", async () => {
  await using fleet = await sampleRepository();
  await fleet.write("tools/lab/control/main.go", "package main\n");
  const unbuilt = await runIn(fleet, run, ["admit"]);
  expect([unbuilt.code, unbuilt.stderr]).toEqual([3, expect.stringContaining("bun run lab build")]);
});

test("a refusal that a schema of fields should have seen has no excuse", () => {
  const typed = "failed to create typed patch object (murima/a; apps/v1, Kind=Deployment): .spec";
  for (const message of [
    `${typed}.nonsense: field not declared in schema`,
    `${typed}.replicas: expected numeric (int or float), got string`,
  ]) {
    expect([message, excuseOf(message)]).toEqual([message, undefined]);
  }
  expect(
    excuseOf('Service "a" is invalid: spec.ports[0].port: Invalid value: -1: must be between 1 and 65535'),
  ).toBeDefined();
});

test("mutations are the same for a seed, and leave identity alone", () => {
  const object = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "a", namespace: "b", labels: { c: "d" } },
    spec: { ports: [{ port: 1 }] },
  };
  const made = (seed: number) => {
    const random = randomFrom(seed);
    return Array.from({ length: 50 }, () => mutate(object, random));
  };
  expect(made(1)).toEqual(made(1));
  expect(made(1)).not.toEqual(made(2));
  for (const { object: mutated } of made(3)) {
    expect(mutated).toMatchObject({ apiVersion: "v1", kind: "Service", metadata: { name: "a", namespace: "b" } });
    expect(mutated).not.toEqual(object);
  }
});
