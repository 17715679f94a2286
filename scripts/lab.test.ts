/** The lab, where it is built: bun run lab build. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import path from "node:path";

import { run } from "./lab.ts";
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

test("without a build, or definitions, it says what to do", async () => {
  await using fleet = await sampleRepository();
  await fleet.write("tools/lab/control/main.go", "package main\n");
  const unbuilt = await runIn(fleet, run, ["admit"]);
  expect([unbuilt.code, unbuilt.stderr]).toEqual([3, expect.stringContaining("bun run lab build")]);
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
