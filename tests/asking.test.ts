/** What commands ask for at a terminal: choices out of the tree, a summary, and once more before anything is written. */
import { describe, expect, test } from "bun:test";

import { run as newService } from "../scripts/new-service.ts";
import { run as offboardTenant } from "../scripts/offboard-tenant.ts";
import { run as placeTenant } from "../scripts/place-tenant.ts";
import { run as promote } from "../scripts/promote.ts";
import { runIn, sampleRepository } from "./support/repository.ts";
import { commit, expectClean, git } from "./support/tenants.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("at a terminal", () => {
  test("place-tenant offers customers, what may become of one, and the clusters where that can be", async () => {
    await using fleet = await sampleRepository(["prod-shared", "staging-shared"]);
    const answers = ["wonka", "place", "staging-shared", "y"];
    const { code, stderr } = await runIn(fleet, placeTenant, [], {}, answers);
    expect([code, stderr]).toEqual([0, expect.stringContaining("wonka is on prod-shared\n")]);
    expect(stderr).toContain("  staging-shared (staging, multi-tenant, eu-west-1)\nCluster\n");
    expect(stderr).toContain(
      "once it is merged, Argo CD makes staging-shared/grant-wonka, staging-shared/tenant-wonka\nWrite them?\n",
    );
    await expectClean(fleet);
  });

  test("a no at the end writes nothing, and ends as Ctrl-C does", async () => {
    await using fleet = await sampleRepository(["prod-shared", "staging-shared"]);
    const { code, stderr } = await runIn(fleet, placeTenant, [], {}, ["wonka", "place", "staging-shared", ""]);
    expect([code, stderr]).toEqual([130, expect.stringContaining("cancelled: nothing was written")]);
    const again = await runIn(fleet, placeTenant, ["wonka", "--leave", "staging-shared"]);
    expect(again.stderr).toBe("nothing to change\n");
  });

  test("offboard-tenant offers the steps that may come next, and asks why", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    git(fleet, "init", "--quiet");
    commit(fleet);
    const { code, stderr } = await runIn(fleet, offboardTenant, [], {}, ["wonka", "frozen", "contract ended", "y"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("wonka: its hosts answer 503")]);
    expect(stderr).not.toContain("  removed (");
    expect(await fleet.read("tenants/wonka/facts/tenant.yaml")).toContain("reason: contract ended\n");
  });

  test("new-service takes several clusters, calls and stores; what was given is not asked for", async () => {
    await using fleet = await sampleRepository(["dev-shared"]);
    const given = ["billing-service", "--purpose", "Invoices.", "--tag", "v0.1.0"];
    const answers = ["sha256:short", digest, "dev-shared", "auth-service,case-service", "", "y"];
    const { code, stderr } = await runIn(fleet, newService, given, {}, answers);
    expect([code, stderr]).toEqual([0, expect.stringContaining("write it like sha256: and 64 hexadecimal digits")]);
    const values = await fleet.read("apps/services/billing-service/values.yaml");
    expect(values).toContain("  services:\n    - auth-service\n    - case-service\n");
    expect(values).not.toContain("stores:");
    await expectClean(fleet);
  });

  test("promote offers the steps that are due, and none", async () => {
    await using fleet = await sampleRepository(["staging-shared", "prod-shared"]);
    const image = "clusters/staging-shared/services/frontend/image.yaml";
    await fleet.edit(image, /tag: .*\n {2}digest: .*/, `tag: v9.9.9\n  digest: ${digest}`);
    const none = await runIn(fleet, promote, ["--skip-soak", "--reason", "a test"], {}, ["none"]);
    expect([none.code, none.stderr]).toEqual([0, expect.stringContaining("  staging to prod (clusters of ring 1, ")]);
    const taken = await runIn(fleet, promote, ["--skip-soak", "--reason", "a test"], {}, ["staging to prod", "y"]);
    expect([taken.code, taken.stderr]).toEqual([0, expect.stringMatching(/\d files: \d changed\n/)]);
    expect(await fleet.read("clusters/prod-shared/services/frontend/image.yaml")).toContain("tag: v9.9.9\n");
  });
});

test("elsewhere nothing is asked: what is missing is named, all of it", async () => {
  await using fleet = await sampleRepository(["dev-shared"]);
  const service = await runIn(fleet, newService, []);
  expect([service.code, service.stderr]).toEqual([
    2,
    expect.stringContaining("missing: the service's name, --purpose, --tag, --digest, --cluster"),
  ]);
  const place = await runIn(fleet, placeTenant, ["wonka"]);
  expect([place.code, place.stderr]).toEqual([
    2,
    expect.stringContaining("give either --cluster, to place it, or --leave"),
  ]);
});
