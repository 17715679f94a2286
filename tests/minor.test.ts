/** U: minor faults of use, where the machine, the clone or the terminal takes part. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { run as diff } from "../scripts/diff.ts";
import { run as doctor } from "../scripts/doctor.ts";
import type { CommandIo } from "../scripts/lib/command/io.ts";
import { run as placeTenant } from "../scripts/place-tenant.ts";
import { run as status } from "../scripts/status.ts";
import { run as validate } from "../scripts/validate.ts";
import { checkout, cluster } from "./support/fleet.ts";
import { git as runGit } from "./support/git-server.ts";
import { noTerminal, runIn, sampleRepository } from "./support/repository.ts";
import { commit, git } from "./support/tenants.ts";

const { dev, shared, sharedUs } = cluster;

test("U-2: --silent behind the name is told where it goes", async () => {
  const { code, stderr } = await runIn({ root: "/" }, status, ["--silent"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("bun run --silent status")]);
  const other = await runIn({ root: "/" }, status, ["--silently"]);
  expect(other.stderr).not.toContain("goes before the name");
});

describe("U-9: counts", () => {
  test("one is one, and what runs on ends where the report says", async () => {
    await using fleet = await sampleRepository([dev]);
    let live = "";
    let printed = "";
    const io: CommandIo = {
      cwd: fleet.root,
      env: { ...process.env, TERM: "xterm", NO_COLOR: "1" },
      stdin: noTerminal,
      stdout: { write: (text) => void (printed += text), isTTY: false, columns: 100 },
      stderr: { write: (text) => void (live += text), isTTY: true, columns: 100 },
    };
    expect(await validate([], io)).toBe(0);
    expect(printed).toMatch(/^1 cluster /m);
    const [, total] = / in (\d+) Applications/.exec(printed)!;
    const [, done, all] = [...live.matchAll(/rendering (\d+)\/(\d+)/g)].at(-1)!;
    expect([done, all]).toEqual([total!, total!]);
  });

  test("several are several", async () => {
    await using fleet = await sampleRepository([dev, shared]);
    expect((await runIn(fleet, validate, [])).stdout).toMatch(/^2 clusters /m);
  });
});

test("U-11: who renders nothing needs no cache; who does is told which folder", async () => {
  await using fleet = await sampleRepository([dev]);
  await fleet.write("occupied", "");
  const env = { XDG_CACHE_HOME: path.join(fleet.root, "occupied"), GITOPS_HELM: undefined, GITOPS_KUBECTL: undefined };
  expect((await runIn(fleet, status, [], env)).code).toBe(0);
  const { code, stderr } = await runIn(fleet, validate, [], env);
  expect([code, stderr]).toEqual([3, expect.stringContaining("set XDG_CACHE_HOME to a folder that can be written")]);
});

test("U-12: what did not change is counted, and a few of it named", async () => {
  await using fleet = await sampleRepository([dev, shared]);
  git(fleet, "init", "--quiet");
  commit(fleet);
  const { code, stdout } = await runIn(fleet, validate, ["--changed", "HEAD"]);
  const line = stdout.split("\n").find((one) => one.includes("not rendered"))!;
  expect([code, line]).toEqual([0, expect.stringMatching(/^\d+ Applications not rendered: .* and \d+ more/)]);
  expect(line.match(new RegExp(`${dev}/|${shared}/`, "g"))?.length ?? 0).toBeLessThan(5);
});

test("U-13: a clone that is shallow is named as what lacks the commit", async () => {
  await using fleet = await sampleRepository([dev]);
  git(fleet, "init", "--quiet", "--initial-branch=main");
  commit(fleet);
  commit(fleet);
  runGit(fleet.root, "clone", "--quiet", "--depth=1", `file://${fleet.root}`, "shallow");
  const shallow = await runIn({ root: path.join(fleet.root, "shallow") }, diff, ["HEAD~1"]);
  expect([shallow.code, shallow.stderr]).toEqual([2, expect.stringContaining("git fetch --unshallow")]);
  const whole = await runIn(fleet, diff, ["HEAD~7"]);
  expect([whole.code, whole.stderr]).toEqual([2, expect.stringContaining("git fetch it, or name another")]);
  expect(whole.stderr).not.toContain("shallow");
});

test("U-15: doctor names origin, token and Go, also for programs", async () => {
  const without = { GITHUB_TOKEN: "", GITHUB_APP_ID: undefined };
  const { stdout } = await runIn({ root: checkout }, doctor, ["--format", "json"], without);
  const { answers } = JSON.parse(stdout) as { answers: Record<string, string> };
  expect(answers).toMatchObject({
    bun: Bun.version,
    origin: expect.any(String),
    token: "none: only --pr and --github need one",
    go: expect.any(String),
  });
  const { stdout: text } = await runIn({ root: checkout }, doctor, [], { GITHUB_TOKEN: "of a test" });
  for (const name of Object.keys(answers)) expect(text).toMatch(new RegExp(`^${name} +\\S`, "m"));
  expect(text).toMatch(/^token +set$/m);
  expect(text).not.toContain("of a test");
});

describe("U-18: place-tenant and a tenant's key", () => {
  const said = "gets a new key: nothing is encrypted to the one it had";

  test("a new one is made where nothing is encrypted to the old one, and that is said", async () => {
    await using fleet = await sampleRepository([dev, shared]);
    const { code, stderr } = await runIn(fleet, placeTenant, ["wonka", "--cluster", dev, "--dry-run"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`wonka ${said}`)]);
  });

  test("twin: where something is, none is made", async () => {
    await using fleet = await sampleRepository([sharedUs, cluster.single]);
    const facts = await fleet.read("tenants/soylent/facts/tenant.yaml");
    const { stderr } = await runIn(fleet, placeTenant, ["soylent", "--cluster", cluster.single]);
    expect(stderr).not.toContain("gets a new key");
    expect(await fleet.read("tenants/soylent/facts/tenant.yaml")).toBe(facts);
  });
});

test("U-19: the coverage of the guide refers to no list that is not here, has a place for every block, and promises none", async () => {
  const page = await Bun.file(path.join(checkout, "docs/guide-coverage.md")).text();
  expect(page.match(/\b[A-Z]{1,2}-\d+\b/g)).toBeNull();
  const [, ...rows] = page.slice(page.indexOf("\n| ---")).trim().split("\n");
  const where = rows.map((row) => row.split(" | ").at(-1)!);
  expect(where.filter((text) => !/`[^`]+`|^out of scope: /.test(text))).toEqual([]);
  expect(where.filter((text) => /\bcomes? (with|later)\b|\bto come\b|not written/.test(text))).toEqual([]);
  expect(where.length).toBeGreaterThan(50);
});
