/** What every writer does, whatever it writes. */
import { describe, expect, test } from "bun:test";

import { cluster } from "../../../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { run as bumpImage } from "../../bump-image.ts";

const digest = `sha256:${"a".repeat(64)}`;
const tag = ["--service", "frontend", "--tag", "v9.9.9", "--digest", digest];

describe("M6: an error that was there before is not the change's", () => {
  test("the change is written, and the old errors are counted", async () => {
    await using fleet = await sampleRepository([cluster.dev]);
    await fleet.edit("clusters/dev-shared/services/case-service/image.yaml", "digest: sha256:", "digest: sha512:");
    const { code, stderr } = await runIn(fleet, bumpImage, [...tag, "--environment", "dev"]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^\d+ errors were there before and are left/m)]);
    expect(await fleet.read("clusters/dev-shared/services/frontend/image.yaml")).toContain("v9.9.9");
  });

  test("twin: a change that adds an error is refused, and only that is named", async () => {
    await using fleet = await sampleRepository([cluster.dev]);
    await fleet.edit("clusters/dev-shared/services/case-service/image.yaml", "digest: sha256:", "digest: sha512:");
    // What is bumped has a values file that does not fit.
    await fleet.values("clusters/dev-shared/services/frontend/values.yaml", "replica: 3\n");
    const before = await runIn(fleet, bumpImage, [...tag, "--environment", "dev"]);
    expect(before.code).toBe(0);
    await fleet.edit("environments/dev/facts/environment.yaml", "prereleases: allowed", "prereleases: forbidden");
    const same = await fleet.read("clusters/dev-shared/services/frontend/image.yaml");
    const pre = ["--service", "frontend", "--tag", "v9.9.9-rc.1", "--digest", digest, "--allow-downgrade"];
    const { code } = await runIn(fleet, bumpImage, [...pre, "--environment", "dev"]);
    expect([code, await fleet.read("clusters/dev-shared/services/frontend/image.yaml")]).toEqual([2, same]);
  });
});

describe("M1: a version reaches production in steps", () => {
  const prod = ["--environment", "prod"];
  test("what the environment below does not run is refused, for clusters and for a tenant's own copy", async () => {
    await using fleet = await sampleRepository([cluster.staging, cluster.shared, cluster.sharedUs]);
    for (const where of [prod, ["--tenant", "soylent"], ["--cluster", cluster.staging]]) {
      const { code, stderr } = await runIn(fleet, bumpImage, [...tag, ...where]);
      expect([where[0], code, stderr]).toEqual([where[0]!, 2, expect.stringContaining("does not run this v9.9.9")]);
    }
    const silent = await runIn(fleet, bumpImage, [...tag, ...prod, "--skip-promotion"]);
    expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining("needs --reason")]);
  });

  test("twin: a hotfix with a reason, and what the environment below runs", async () => {
    await using fleet = await sampleRepository([cluster.staging, cluster.shared]);
    const hotfix = [...tag, "--cluster", cluster.staging, "--skip-promotion", "--reason", "OPS-1"];
    expect((await runIn(fleet, bumpImage, hotfix)).code).toBe(0);
    expect((await runIn(fleet, bumpImage, [...tag, "--cluster", cluster.shared])).code).toBe(0);
  });
});
