/** Changing what a customer has. */
import { describe, expect, test } from "bun:test";

import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { expectClean } from "../tests/support/tenants.ts";
import { run as updateTenant } from "./update-tenant.ts";

describe("update-tenant", () => {
  test("changes the facts in place, comments and order kept, and what follows from them", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const facts = "tenants/wonka/facts/tenant.yaml";
    await fleet.edit(facts, "  plan: starter\n", "  # Agreed until June.\n  plan: starter # small\n");
    const argv = [
      "--plan",
      "business",
      "--limit",
      "agents=60",
      "--limit",
      "storageGiB=",
      "--feature",
      "CHATBOT_ENABLED=false",
    ];
    const { code } = await runIn(fleet, updateTenant, [
      "wonka",
      ...argv,
      "--add-owner",
      "@wonka-lead",
      "--rate",
      "5/second",
    ]);
    expect(code).toBe(0);
    const text = await fleet.read(facts);
    expect(text).toContain("  # Agreed until June.\n  plan: business # small\n");
    expect(text).toContain(
      '  features:\n    CHATBOT_ENABLED: "false"\n  limits:\n    agents: "60"\n  rateLimit:\n    requests: 5\n    unit: Second\n',
    );
    expect(await fleet.read(".github/CODEOWNERS")).toContain("/tenants/wonka/ @murima2025/wonka @wonka-lead\n");
    await expectClean(fleet);
    const again = await runIn(fleet, updateTenant, ["wonka", ...argv]);
    expect(again.stderr).toBe("nothing to change\n");
  });

  test("refuses what is not there, what leaves nothing, and one that leaves", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const said = async (...argv: string[]) => (await runIn(fleet, updateTenant, argv)).stderr;
    expect(await said("wonk", "--plan", "business")).toContain("did you mean wonka");
    expect(await said("wonka", "--remove-host", "x.example")).toContain("x.example is not a host of the tenant");
    expect(await said("wonka", "--remove-host", "wonka.customers.murima2025.com")).toContain("would have no host left");
    expect(await said("wonka", "--limit", "agents=many")).toContain("spec.limits.agents");
  });
});
