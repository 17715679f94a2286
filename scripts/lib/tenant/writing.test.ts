/** What is left when a writer of tenants is killed, and what happens when several write at once. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { copiesOfSteps, copyOf, start as startCommand } from "../../../tests/support/killed.ts";
import { full, repository, runIn, sampleRepository, type TestRepository } from "../../../tests/support/repository.ts";
import { commit, git, onboard as onboarding } from "../../../tests/support/tenants.ts";
import { run as newTenant } from "../../new-tenant.ts";
import { run as offboardTenant } from "../../offboard-tenant.ts";
import { run as validate } from "../../validate.ts";
import { Repository } from "../fleet/repository.ts";
import { readTree } from "../io/files.ts";
import { workspaceOf } from "../io/workspace.ts";
import type { Tree } from "../repo/tree.ts";

const onboard = (id: string) => [
  "new-tenant",
  ...onboarding(id, "--cluster", "prod-shared", "--host", `${id}.example`),
];
const remove = ["offboard-tenant", "wonka", "--to", "removed", "--date", "2026-12-01"];

/** What a killed process leaves in its temporary folder goes with the tests. */
const temporary = await mkdtemp(path.join(tmpdir(), "killed-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));
const env = { TMPDIR: temporary };
const start = (root: string, step: number, command: readonly string[]) => startCommand(root, step, command, { env });

/** The same command once more, by somebody else. */
async function again(root: string, [name, ...argv]: readonly string[]): Promise<number> {
  const run = name === "new-tenant" ? newTenant : offboardTenant;
  return (await runIn({ root }, run, argv)).code;
}

/** Every file of a repository with its content, as readers see it. */
async function seen(root: string): Promise<string> {
  return told((await Repository.read(root, { env: process.env })).tree);
}

/** The same as it lies there. */
async function lying(root: string): Promise<string> {
  return told((await readTree(root)).tree);
}

/** Every file; what is random each time, keys and what is encrypted to them, stands for itself. */
function told(tree: Tree): string {
  const random = /ENC\[[^\]]*\]|-----BEGIN[^]*?-----END|age1[0-9a-z]{58}|"\d{4}-\d\d-\d\dT[0-9:]*Z"/g;
  return tree.paths.map((file) => `${file}\n${tree.text(file).replaceAll(random, "RANDOM")}`).join("\n");
}

async function frozen(): Promise<TestRepository> {
  const fleet = await sampleRepository(["prod-shared"]);
  const facts = "tenants/wonka/facts/tenant.yaml";
  await fleet.edit(
    facts,
    "state: active\n",
    `state: backed-up\n  offboarding:\n    reason: over\n    frozen: "2026-11-01"\n    stores:\n      - postgresql\n    backups:\n      - store: postgresql\n        backup: final\n        time: "2026-11-02T00:00:00Z"\n        checksum: sha256:${"0".repeat(64)}\n`,
  );
  await fleet.edit("clusters/prod-shared/grants/wonka/kustomization.yaml", "routes/open", "routes/frozen");
  return fleet;
}

describe.each([
  ["new-tenant", () => sampleRepository(["prod-shared"]), onboard("umbrella")],
  ["offboard-tenant", frozen, remove],
] as const)("C-01, C-02: %s killed", (_name, make, command) => {
  test("at every step: before or after, and the next run needs no clean-up", async () => {
    await using fleet = await make();
    git(fleet, "init", "--quiet");
    commit(fleet);
    const before = await seen(fleet.root);
    await using whole = await copyOf(fleet);
    await using copies = await copiesOfSteps(whole.root, command, { env });
    const { roots, steps } = copies;
    expect([steps > 5, roots.length]).toEqual([true, steps]);
    const after = await lying(whole.root);
    const finishes = async (root: string, step: number) => {
      expect([step, await again(root, command)]).toEqual([step, 0]);
      expect([step, (await lying(root)) === after]).toEqual([step, true]);
      expect([step, (await readdir(root)).filter((name) => name === ".gitops")]).toEqual([step, []]);
    };
    for (const [index, root] of roots.entries()) {
      const step = index + 1;
      expect([step, [before, after].includes(await seen(root))]).toEqual([step, true]);
      // By everybody in the long run; else by whoever finds one on the way.
      if (full || Math.ceil(steps / 2) === step) await finishes(root, step);
    }
    // What was copied is what a process leaves that is killed there.
    for (let step = full ? 1 : Math.ceil(steps / 3); step <= steps; step += full ? 1 : steps) {
      await using copy = await copyOf(fleet);
      const killed = start(copy.root, step, command);
      await killed.exited;
      expect(killed.signalCode).toBe("SIGKILL");
      expect([step, [before, after].includes(await seen(copy.root))]).toEqual([step, true]);
      await finishes(copy.root, step);
    }
  }, 300_000);
});

test("C-01: killed at random moments", async () => {
  await using fleet = await sampleRepository(["prod-shared"]);
  const before = await seen(fleet.root);
  await using whole = await copyOf(fleet);
  const begin = performance.now();
  await start(whole.root, 0, onboard("umbrella")).exited;
  // As long as a run takes on this machine, so that it is killed on the way and not after.
  const duration = performance.now() - begin;
  const after = await lying(whole.root);
  let interrupted = 0;
  for (let round = 0; round < (full ? 200 : 2); round++) {
    await using copy = await copyOf(fleet);
    const killed = start(copy.root, -1, onboard("umbrella"));
    const timer = setTimeout(() => killed.kill("SIGKILL"), duration * (0.3 + 0.7 * ((round * 0.397) % 1)));
    await killed.exited;
    clearTimeout(timer);
    if (killed.signalCode === "SIGKILL") interrupted++;
    const state = await seen(copy.root);
    expect([round, state === before || state === after]).toEqual([round, true]);
    expect(await again(copy.root, onboard("umbrella"))).toBe(0);
    expect([round, (await lying(copy.root)) === after]).toEqual([round, true]);
  }
  expect(interrupted).toBeGreaterThan(0);
}, 1_200_000);

test("R-01: many at once all land, each exactly once", async () => {
  await using fleet = await sampleRepository(["prod-shared"]);
  const ids = ["alder", "birch", "cedar", "elder", "hazel", "linden", "maple", "rowan"].slice(0, full ? 8 : 4);
  const running = ids.map((id) => start(fleet.root, -1, onboard(id)));
  expect(await Promise.all(running.map(({ exited }) => exited))).toEqual(ids.map(() => 0));
  const owners = await fleet.read(".github/CODEOWNERS");
  for (const id of ids) expect(owners.split(`/tenants/${id}/ `)).toHaveLength(2);
  const { code, stdout } = await runIn(fleet, validate, []);
  expect([code, stdout]).toEqual([0, expect.stringContaining("0 errors")]);
}, 120_000);

test("R-01: the same tenant twice: one writes it, one finds it there", async () => {
  await using fleet = await sampleRepository(["prod-shared"]);
  const both = [start(fleet.root, -1, onboard("umbrella")), start(fleet.root, -1, onboard("umbrella"))];
  const said = await Promise.all(both.map(({ stderr }) => new Response(stderr).text()));
  expect(await Promise.all(both.map(({ exited }) => exited))).toEqual([0, 0]);
  expect(said.filter((text) => text.includes("nothing to change"))).toHaveLength(1);
}, 60_000);

test("C-06: the lock of a process that is gone is taken over", async () => {
  await using fleet = await sampleRepository(["prod-shared"]);
  const gone = Bun.spawnSync(["sh", "-c", "echo $$"]).stdout.toString().trim();
  const { state } = await workspaceOf(fleet.root, process.env);
  await mkdir(state, { recursive: true });
  await writeFile(path.join(state, "lock"), gone);
  const [, ...argv] = onboard("umbrella");
  expect((await runIn(fleet, newTenant, argv)).code).toBe(0);
});

test("what cannot be written is said, and nothing is left", async () => {
  await using fleet = await repository();
  const { code, stderr } = await runIn(fleet, newTenant, onboard("umbrella").slice(1));
  expect([code, stderr]).toEqual([2, expect.stringContaining("has no clusters/CLUSTER folder")]);
  expect(await readdir(fleet.root)).toEqual([]);
});
