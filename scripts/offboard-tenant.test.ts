/** Ending a customer. */
import { describe, expect, test } from "bun:test";

import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { all, commit, expectClean, git, onboard } from "../tests/support/tenants.ts";
import { at } from "./lib/core/json.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { run as newTenant } from "./new-tenant.ts";
import { run as offboardTenant } from "./offboard-tenant.ts";
import { run as validate } from "./validate.ts";

describe("offboard-tenant", () => {
  const evidence = `store=postgresql,backup=final,time=2026-11-21T02:00:00Z,checksum=sha256:${"a".repeat(64)}`;
  const proof = "store=postgresql,time=2026-12-21T02:00:00Z,evidence=ticket OPS-7, signed";
  const stores = ["elasticsearch", "mongodb", "postgresql", "rabbitmq", "redis"];
  const erasing = (...stores: string[]) => stores.flatMap((store) => ["--erasure", proof.replace("postgresql", store)]);

  test.each([
    ["of shared services", "prod-shared", "wonka"],
    ["with its own copies", "prod-shared-us", "soylent"],
  ])(
    "a customer %s leaves, step by step, with evidence",
    async (_what, cluster, id) => {
      await using fleet = await sampleRepository([cluster]);
      git(fleet, "init", "--quiet");
      commit(fleet);
      const step = (...argv: string[]) => runIn(fleet, offboardTenant, [id, "--date", "2026-11-20", ...argv]);
      expect(await step("--to", "removed")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("what comes next is frozen"),
      });
      expect((await step("--to", "frozen", "--reason", "contract ended")).code).toBe(0);
      await expectClean(fleet);
      expect(await step("--to", "backed-up", "--backup", evidence)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("merge that step first"),
      });
      commit(fleet);
      expect(await step("--to", "backed-up")).toMatchObject({ code: 2, stderr: expect.stringContaining("--backup") });
      expect(await step("--to", "backed-up", "--backup", "store=postgresql")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("lacks backup"),
      });
      const early = evidence.replace("2026-11-21", "2026-11-19");
      expect(await step("--to", "backed-up", "--backup", early)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("before"),
      });
      expect((await step("--to", "backed-up", "--backup", evidence)).code).toBe(0);
      await expectClean(fleet);
      const facts = `tenants/${id}/facts/tenant.yaml`;
      const kept = await fleet.read(facts);
      await fleet.edit(facts, /    stores:\n(      - .*\n)+/, "");
      expect(await runIn(fleet, validate, [])).toMatchObject({
        code: 1,
        stdout: expect.stringContaining("is backed-up, and does not say which stores held its data"),
      });
      await fleet.write(facts, kept);
      commit(fleet);
      const removed = await step("--to", "removed");
      expect([removed.code, removed.stderr]).toEqual([0, expect.stringContaining("bun run reap")]);
      expect(await Bun.file(`${fleet.root}/clusters/${cluster}/grants/${id}/kustomization.yaml`).exists()).toBe(false);
      commit(fleet);
      // A copy of one store proves nothing of the others.
      expect(await step("--to", "erased", ...erasing("postgresql", "rabbitmq", "elasticsearch"))).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          new RegExp(
            `its data in mongodb, redis is not said to be erased \\(.*${stores.join(", ")}, tenants/${id}/facts/tenant.yaml:\\d+\\): add --erasure store=mongodb,.* --erasure store=redis,`,
          ),
        ),
      });
      // With the last of its kind goes what was declared for its secrets: a finding asks for it.
      const external = await fleet.read("apps/external.yaml");
      const declared = /    - kind: Secret\n      namespace: tenant-\*\n(?:      .*\n|        .*\n)+/g;
      await fleet.write("apps/external.yaml", external.replaceAll(declared, ""));
      const erased = await step("--to", "erased", ...erasing(...stores));
      expect([erased.code, erased.stderr]).toEqual([0, expect.stringContaining("that was the last")]);
      const tombstone = await fleet.read(`tenants/${id}/tombstone.yaml`);
      expect(tombstone).toContain('evidence: "ticket OPS-7, signed"');
      expect(tombstone).not.toMatch(/@|displayName|contacts/);
      const status = await runIn(fleet, offboardTenant, ["--status"]);
      expect(status.stdout).toMatch(new RegExp(`^${id} +erased +2026-11-20 +${stores.join(" ")}$`, "m"));
      const again = await runIn(fleet, newTenant, onboard(id, "--cluster", cluster));
      expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("never given again") });
      const host = `${id}.customers.murima2025.com`;
      const reuse = await runIn(fleet, newTenant, onboard("umbrella", "--cluster", cluster, "--host", host));
      expect(reuse).toMatchObject({ code: 1, stderr: expect.stringContaining(`was a host of ${id}`) });
    },
    60_000,
  );

  test("the ranges of a cluster that was its alone are in the tombstone, and block whoever takes them again", async () => {
    await using fleet = await sampleRepository(["prod-single", "prod-shared"]);
    const argv = onboard("umbrella", "--cluster", "prod-single", "--residency", "us");
    expect((await runIn(fleet, newTenant, argv)).code).toBe(0);
    const step = (...argv: string[]) => runIn(fleet, offboardTenant, ["umbrella", "--date", "2026-11-20", ...argv]);
    await step("--to", "frozen", "--reason", "over");
    await step("--to", "backed-up", "--backup", evidence);
    expect((await step("--to", "removed")).code).toBe(0);
    const early = await step("--to", "erased", ...erasing(...stores));
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("which was a range of umbrella")]);
    await fleet.remove("clusters/prod-single");
    await runIn(fleet, validate, ["--fix"]);
    const erased = await step("--to", "erased", ...erasing(...stores));
    expect([erased.code, erased.stderr]).toEqual([0, expect.stringContaining("that was the last")]);
    expect(await fleet.read("tenants/umbrella/tombstone.yaml")).toMatch(/cidrs:\n(    - "?10\.[0-9./]+"?\n){4}/);
  }, 60_000);

  test("a frozen tenant answers 503, keeps its images, and may stay after all", async () => {
    await using fleet = await sampleRepository(["prod-shared-us"]);
    const before = await fleet.read("tenants/soylent/facts/tenant.yaml");
    await runIn(fleet, offboardTenant, ["soylent", "--to", "frozen", "--reason", "late", "--date", "2026-11-20"]);
    const { fleet: frozen } = await loadFleet(await Repository.read(fleet.root, { env: process.env }), {
      selection: all,
    });
    const grant = frozen.applications.find(({ name }) => name === "grant-soylent")!;
    const filter = grant.objects.find(({ id }) => id.kind === "HTTPRouteFilter")!;
    expect(at(filter.object, "spec", "directResponse", "statusCode")).toBe(503);
    expect(await fleet.read("tenants/soylent/prod-shared-us/services/auth-service/image.yaml")).toContain(
      'expires: "2027-11-20"',
    );
    const { code } = await runIn(fleet, offboardTenant, ["soylent", "--to", "active"]);
    expect(code).toBe(0);
    expect(await fleet.read("tenants/soylent/facts/tenant.yaml")).toBe(before);
    await expectClean(fleet);
  });
});
