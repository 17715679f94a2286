/** The lab, where it is built: bun run lab build. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import path from "node:path";

import { run } from "../scripts/lab.ts";
import { cacheFolder } from "../scripts/lib/io/cache.ts";
import { freePorts } from "../scripts/lib/io/daemon.ts";
import { readTree } from "../scripts/lib/io/files.ts";
import { run as validate } from "../scripts/validate.ts";
import { checkout, cluster } from "../tests/support/fleet.ts";
import { cacheWithEngine, fewDefinitions } from "../tests/support/lab.ts";
import { full, repository, runIn, sampleRepository } from "../tests/support/repository.ts";
import { sampleValidation } from "../tests/support/sample.ts";
import { excuseOf } from "./compare.ts";
import { startControlPlane } from "./control-plane.ts";
import { mutate, randomFrom } from "./mutate.ts";
import { type LabProgram, labProgram } from "./programs.ts";
import { labRepository } from "./repository.ts";

/** The user's own cache: that of a test run holds no built programs. */
const env = { XDG_CACHE_HOME: undefined };
const isBuiltWith = (...names: LabProgram[]) =>
  Promise.all(names.map((name) => labProgram(checkout, { ...process.env, ...env }, name))).then(
    () => true,
    () => false,
  );
const isBuilt = await isBuiltWith("control");
const canStayUp = await isBuiltWith("control", "kwok");
const hasDefinitions = existsSync(process.env["CRDS_DIR"] ?? "");

async function fleetWithLab() {
  const fleet = await sampleRepository();
  await cp(path.join(checkout, "lab/programs"), path.join(fleet.root, "lab/programs"), { recursive: true });
  return fleet;
}

/** How many objects the cluster of the sample has. */
async function objectCount(): Promise<number> {
  const { fleet } = await sampleValidation([cluster.dev]);
  // CRDS_DIR need not have the definitions of trust-manager, which the lab takes from its module.
  const isKnown = ({ id }: { id: { kind: string } }) => id.kind !== "Bundle";
  return fleet.applications.reduce((sum, { objects }) => sum + objects.filter(isKnown).length, 0);
}

describe.skipIf(!isBuilt || !hasDefinitions)("a real API server (needs bun run lab build, and CRDS_DIR)", () => {
  const judged = "(100 mutations judged by the engine \\((create|update)\\): the server refuses \\d+, 0 differ\n){2}";
  const unjudged = "the engine was not compared with the server: .*\n";

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
      expect.stringMatching(
        new RegExp(
          `^(1 objects not asked about: .*Bundle trust-bundle.*\n)?${await objectCount()} objects asked about .* 0 findings\n200 mutations .* 0 not\n(${judged}|${unjudged})$`,
        ),
      ),
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

describe.skipIf(!canStayUp || !hasDefinitions)("a lab that stays up (needs bun run lab build, and CRDS_DIR)", () => {
  const start = async (root: string, cache: string, temporary: string, more: Record<string, string> = {}) => {
    // Its state lies in a cache of its own; the built programs are the user's.
    await mkdir(path.join(cache, "murima2025-gitops"), { recursive: true });
    await symlink(
      path.join(cacheFolder({ HOME: process.env["HOME"] }), "lab"),
      path.join(cache, "murima2025-gitops/lab"),
    );
    const lab = { ...process.env, XDG_CACHE_HOME: cache, TMPDIR: temporary, ...more };
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
    await using cache = await cacheWithEngine();
    await using temporary = await repository();
    await using definitions = await fewDefinitions();
    const own = { XDG_CACHE_HOME: cache.root, CRDS_DIR: definitions.root };
    const child = await start(fleet.root, cache.root, temporary.root, own);
    expect((await runIn(fleet, run, ["status"], own)).stdout).toStartWith(`process ${child.pid}, KUBECONFIG=`);
    const nodes = await runIn(fleet, run, ["exec", "--", "get", "nodes", "--output=name"], own);
    expect([nodes.code, nodes.stdout]).toEqual([0, "node/node-a\nnode/node-b\nnode/node-c\n"]);
    const asked = await runIn(fleet, validate, ["--admit"], own);
    expect([asked.code, asked.stderr]).toEqual([
      0,
      expect.stringMatching(new RegExp(`${await objectCount()} objects asked about .* 0 findings`)),
    ]);
    const second = await runIn(fleet, run, ["up"], own);
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("a lab is running already")]);
    expect((await runIn(fleet, run, ["down"], own)).code).toBe(0);
    await child.exited;
    expect([await readdir(temporary.root), await programsIn(temporary.root)]).toEqual([[], 0]);
    expect((await runIn(fleet, run, ["exec", "--", "get", "nodes"], own)).code).toBe(2);
  });

  test.if(full)("killed, it takes its programs with it", async () => {
    await using fleet = await fleetWithLab();
    await using cache = await cacheWithEngine();
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
  await fleet.write("lab/programs/control/main.go", "package main\n");
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

describe.skipIf(!isBuilt || !hasDefinitions)("a lab that fails (needs bun run lab build, and CRDS_DIR)", () => {
  test("a port that is taken is named, and nothing is left", async () => {
    await using temporary = await repository();
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const program = await labProgram(checkout, { ...process.env, ...env }, "control");
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = temporary.root;
    try {
      const [peer, secure] = (await freePorts(2)) as [number, number];
      const starting = startControlPlane(program, { controllers: false, ports: [taken.port, peer, secure] });
      expect(await starting.then(String, String)).toMatch(
        /etcd ended while waiting for the API server:[^]*address already in use/,
      );
    } finally {
      taken.stop();
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
    expect(await readdir(temporary.root)).toEqual([]);
  });

  /** lab admit as a process of its own, in a folder where what it leaves is seen. */
  const admitIn = (root: string, temporary: string, shell: string, more: Record<string, string> = {}) => {
    const own = { ...process.env, ...env, XDG_CACHE_HOME: undefined, TMPDIR: temporary, ...more };
    const command = `${shell} exec "$0" "$@"`;
    return Bun.spawn(["sh", "-c", command, process.execPath, path.join(checkout, "scripts/lab.ts"), "admit"], {
      cwd: root,
      env: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as Record<string, string>,
      stdout: "pipe",
      stderr: "pipe",
    });
  };
  const ended = async (child: ReturnType<typeof admitIn>) => ({
    said: await new Response(child.stderr as ReadableStream).text(),
    code: await child.exited,
  });

  test("a disk that is full: etcd can't write, and says so", async () => {
    await using fleet = await fleetWithLab();
    await using temporary = await repository();
    // No file may be larger than 10 MB: etcd's log of changes starts with 64.
    const { code, said } = await ended(admitIn(fleet.root, temporary.root, "ulimit -f 20000;"));
    expect([code, said]).toEqual([3, expect.stringMatching(/etcd ended while waiting for the API server/)]);
    expect(await readdir(temporary.root)).toEqual([]);
  }, 90_000);

  test("an API server that is killed on the way", async () => {
    await using fleet = await fleetWithLab();
    await using temporary = await repository();
    const child = admitIn(fleet.root, temporary.root, "");
    const find = () =>
      Bun.spawnSync(["pgrep", "-f", `kube-apiserver.*${temporary.root}`])
        .stdout.toString()
        .trim();
    const reader = (child.stderr as ReadableStream<Uint8Array>).getReader();
    let said = "";
    for (let killed = false; ;) {
      const { done, value } = await reader.read();
      if (done) break;
      said += new TextDecoder().decode(value);
      if (killed || !said.includes("API server ready")) continue;
      process.kill(Number(find()), "SIGKILL");
      killed = true;
    }
    expect([await child.exited, said]).toEqual([3, expect.stringContaining("the API server does not answer any more")]);
    expect(await readdir(temporary.root)).toEqual([]);
  }, 90_000);

  test("a program of another kind in the place of ours", async () => {
    await using fleet = await fleetWithLab();
    await using cache = await cacheWithEngine();
    await using temporary = await repository();
    await mkdir(path.join(cache.root, "murima2025-gitops/lab"), { recursive: true });
    const real = path.basename(await labProgram(checkout, { ...process.env, ...env }, "control"));
    await Bun.write(
      path.join(cache.root, "murima2025-gitops/lab", real),
      "#!/bin/sh\necho v0.1.0 knows no $1\nexit 4\n",
    );
    Bun.spawnSync(["chmod", "+x", path.join(cache.root, "murima2025-gitops/lab", real)]);
    const { code, said } = await ended(admitIn(fleet.root, temporary.root, "", { XDG_CACHE_HOME: cache.root }));
    expect([code, said]).toEqual([
      3,
      expect.stringContaining("etcd ended while waiting for the API server:\nv0.1.0 knows no etcd"),
    ]);
    expect(await readdir(temporary.root)).toEqual([]);
  }, 90_000);

  test("a Git repository that is gone is a tool that failed", async () => {
    await using temporary = await repository();
    await using fleet = await sampleRepository();
    const { tree } = await readTree(fleet.root);
    const lab = await labRepository(tree, temporary.root);
    await rm(lab.bare, { recursive: true });
    expect(await lab.commit("x").then(String, String)).toContain("git push failed in the lab");
  });

  test("validate --admit asks the lab that is up, and says so where none is", async () => {
    await using fleet = await fleetWithLab();
    await using cache = await cacheWithEngine();
    const none = await runIn(fleet, validate, ["--admit"], { XDG_CACHE_HOME: cache.root });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("no lab is running: bun run lab up")]);
  });
});
