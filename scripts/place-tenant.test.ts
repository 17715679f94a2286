/** Changing where a customer is. */
import { describe, expect, test } from "bun:test";

import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { commit, expectClean, git } from "../tests/support/tenants.ts";
import { run as offboardTenant } from "./offboard-tenant.ts";
import { run as placeTenant } from "./place-tenant.ts";

describe("place-tenant", () => {
  test("a move, as its runbook has it: frozen while data is copied, its hosts led on, thawed, gone from the first", async () => {
    await using fleet = await sampleRepository(["prod-shared", "staging-shared"]);
    git(fleet, "init", "--quiet");
    const place = (...argv: string[]) => runIn(fleet, placeTenant, ["wonka", ...argv]);
    const step = async (...argv: string[]) => {
      commit(fleet);
      return runIn(fleet, offboardTenant, ["wonka", ...argv]);
    };
    expect((await place("--cluster", "staging-shared")).code).toBe(0);
    expect((await step("--to", "frozen", "--reason", "moves")).code).toBe(0);
    // Nothing of it goes anywhere meanwhile, but its hosts to where it is already.
    const more = await place("--cluster", "prod-shared", "--from", "staging-shared");
    expect([more.code, more.stderr]).toEqual([2, expect.stringContaining("wonka is frozen: it is leaving")]);
    expect((await place("--cluster", "staging-shared", "--routes")).code).toBe(0);
    await expectClean(fleet);
    expect(await fleet.read("clusters/staging-shared/grants/wonka/kustomization.yaml")).toContain("routes/frozen");
    expect((await step("--to", "active")).code).toBe(0);
    expect(await fleet.read("clusters/staging-shared/grants/wonka/kustomization.yaml")).toContain("routes/open");
    expect((await place("--leave", "prod-shared")).code).toBe(0);
    await expectClean(fleet);
  });

  test("one more placement, its hosts, and the old one gone; or all at once", async () => {
    await using fleet = await sampleRepository(["prod-shared", "staging-shared"]);
    const place = (...argv: string[]) => runIn(fleet, placeTenant, ["wonka", ...argv]);
    expect((await place("--cluster", "staging-shared")).code).toBe(0);
    await expectClean(fleet);
    expect(await place("--leave", "prod-shared")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--routes first"),
    });
    expect((await place("--cluster", "staging-shared", "--routes")).code).toBe(0);
    await expectClean(fleet);
    expect((await place("--leave", "prod-shared")).code).toBe(0);
    await expectClean(fleet);
    const settings = await fleet.read("tenants/wonka/staging-shared/settings.yaml");
    expect(await place("--leave", "staging-shared")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the only cluster"),
    });
    await fleet.edit("tenants/wonka/staging-shared/settings.yaml", /timezone: .*/, "timezone: Asia/Tokyo");
    expect((await place("--cluster", "prod-shared", "--from", "staging-shared")).code).toBe(0);
    await expectClean(fleet);
    expect(await fleet.read("tenants/wonka/prod-shared/settings.yaml")).toContain("timezone: Asia/Tokyo");
    expect(settings).toContain("timezone");
    const again = await place("--cluster", "prod-shared", "--from", "staging-shared");
    expect(again.stderr).toBe("nothing to change\n");
  });
});
