/** Changing where a customer is. */
import { describe, expect, test } from "bun:test";

import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { expectClean } from "../tests/support/tenants.ts";
import { run as placeTenant } from "./place-tenant.ts";

describe("place-tenant", () => {
  test("one more placement, its hosts, and the old one gone; or all at once", async () => {
    await using fleet = await sampleRepository(["prod-eu1", "staging-eu1"]);
    const place = (...argv: string[]) => runIn(fleet, placeTenant, ["contoso", ...argv]);
    expect((await place("--cluster", "staging-eu1")).code).toBe(0);
    await expectClean(fleet);
    expect(await place("--leave", "prod-eu1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--routes first"),
    });
    expect((await place("--cluster", "staging-eu1", "--routes")).code).toBe(0);
    await expectClean(fleet);
    expect((await place("--leave", "prod-eu1")).code).toBe(0);
    await expectClean(fleet);
    const settings = await fleet.read("tenants/contoso/staging-eu1/settings.yaml");
    expect(await place("--leave", "staging-eu1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the only cluster"),
    });
    await fleet.edit("tenants/contoso/staging-eu1/settings.yaml", /timezone: .*/, "timezone: Asia/Tokyo");
    expect((await place("--cluster", "prod-eu1", "--from", "staging-eu1")).code).toBe(0);
    await expectClean(fleet);
    expect(await fleet.read("tenants/contoso/prod-eu1/settings.yaml")).toContain("timezone: Asia/Tokyo");
    expect(settings).toContain("timezone");
    const again = await place("--cluster", "prod-eu1", "--from", "staging-eu1");
    expect(again.stderr).toBe("nothing to change\n");
  });
});
