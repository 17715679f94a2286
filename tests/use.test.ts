/** Minor faults of use: what a person types, and what a command answers. */
import { describe, expect, test } from "bun:test";

import { run as explain } from "../scripts/explain.ts";
import { run as hold } from "../scripts/hold.ts";
import type { Run } from "../scripts/lib/command/run.ts";
import { run as newTenant } from "../scripts/new-tenant.ts";
import { run as updateTenant } from "../scripts/update-tenant.ts";
import { run as validate } from "../scripts/validate.ts";
import { cluster } from "./support/fleet.ts";
import { runIn, sampleRepository } from "./support/repository.ts";

const { dev, shared } = cluster;
const onboard = [
  "umbrella",
  "--display-name",
  "Umbrella",
  "--owner",
  "@org/umbrella",
  "--contact",
  "technical=it@umbrella.example",
  "--limit",
  "agents=20",
  "--cluster",
  shared,
  "--dry-run",
];

const refused: [id: string, run: Run, argv: string[], said: string][] = [
  ["U-6", updateTenant, ["wonka"], "say what to change: --plan"],
  ["U-7", explain, ["confg.database", "--application", `${dev}/service-frontend`], "did you mean config?"],
  ["U-7", explain, ["spec", "--application", `${shared}/grant-wonka`], "bun run explain --file"],
  ["U-8", validate, ["--application", "auth-service"], "did you mean service-auth-service?"],
  ["U-8", validate, ["--application", `${dev}/auth-service`], `did you mean ${dev}/service-auth-service?`],
  ["U-8", validate, ["--cluster", dev, "--application", `${shared}/root`], "is not on a cluster that is selected"],
  ["U-10", newTenant, [...onboard.slice(0, -1), "--pr"], "there is no remote origin"],
  ["U-14", newTenant, [...onboard, "--timezone", "Mars/Olympus"], "a time zone like UTC"],
  ["U-14", newTenant, [...onboard, "--locale", "zz_QQ"], "a language like en"],
  ["U-17", newTenant, [...onboard, "--isolation", "dedicated"], "needs --plan enterprise"],
  ["U-22", hold, ["--service", "frontend", "--reason", "it leaks"], "--ring narrows"],
  ["M7", newTenant, [...onboard, "--ring", "abc"], "It takes a number from 1 to 9."],
  ["M7", updateTenant, ["wonka", "--ring", "abc"], "It takes a number from 1 to 9."],
  ["M7", newTenant, [...onboard, "--limit", "agents="], "write it like agents=100"],
  ["M7", newTenant, [...onboard, "--owner", "umbrella"], "--owner umbrella: write it like @org/team"],
];

describe("what can't be meant is said at once, with what to write", () => {
  for (const [id, run, argv, said] of refused) {
    test(`${id}: ${argv.slice(-2).join(" ")}`, async () => {
      await using fleet = await sampleRepository([dev, shared]);
      const env = { GITHUB_TOKEN: "", NO_COLOR: "1" };
      const { code, stderr, stdout } = await runIn(fleet, run, argv, env);
      expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(said)]);
    });
  }

  test("benign twins are taken", async () => {
    await using fleet = await sampleRepository([dev, shared]);
    const said = await runIn(fleet, newTenant, [...onboard, "--timezone", "Europe/Berlin", "--locale", "de-CH"]);
    expect([said.code, said.stderr]).toEqual([0, ""]);
    const path = ["autoscaling.minReplicas", "--application", `${dev}/service-frontend`];
    expect((await runIn(fleet, explain, path)).code).toBe(0);
  });
});

test("U-5: at a terminal new-tenant asks for the id as well", async () => {
  await using fleet = await sampleRepository([shared]);
  const { stderr } = await runIn(fleet, newTenant, onboard.slice(1), {}, [""]);
  expect(stderr).toStartWith("Id of the tenant\n");
});

test("U-7: explain says that replicas has no effect where an autoscaler sets them", async () => {
  await using fleet = await sampleRepository([dev, shared]);
  const of = async (name: string) =>
    (await runIn(fleet, explain, ["replicas", "--application", `${name}/service-case-service`])).stderr;
  expect([await of(shared), await of(dev)]).toEqual([
    expect.stringContaining("replicas has no effect"),
    expect.not.stringContaining("replicas has no effect"),
  ]);
});
