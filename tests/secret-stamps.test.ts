/** A Secret that changes reaches its pods: stamps in Git, written with the file and held to it. */
import { describe, expect, test } from "bun:test";

import type { Finding } from "../scripts/lib/core/finding.ts";
import { run as secrets } from "../scripts/secrets.ts";
import { run as validate } from "../scripts/validate.ts";
import { type Edit, findingsOf, rulesOf } from "./support/findings.ts";
import { cluster } from "./support/fleet.ts";
import { runIn, sampleRepository, type TestRepository } from "./support/repository.ts";

describe("F9: a Secret that changed changes the pods that read it", () => {
  const file = `clusters/${cluster.dev}/platform/secrets/auth-service.sops.yaml`;
  const stamps = `clusters/${cluster.dev}/secret-stamps.yaml`;
  const stamped = async (fleet: TestRepository) => {
    const { run } = await import("../scripts/render.ts");
    const rendered: Record<string, string> = {};
    for (const name of ["auth-service", "case-service", "frontend"]) {
      const { stdout } = await runIn(fleet, run, ["--application", `${cluster.dev}/service-${name}`]);
      rendered[name] = /checksum\/secrets: "?([0-9a-f]{64})/.exec(stdout)?.[1] ?? "none";
    }
    return rendered;
  };

  test("bun run secrets set writes the stamp with the file, and only its readers get new pods", async () => {
    await using fleet = await sampleRepository();
    const key = await fleet.read(`clusters/${cluster.dev}/published.agekey`);
    const env = { SOPS_AGE_KEY: /^AGE-SECRET-KEY-\S+$/m.exec(key)![0] };
    const before = await stamped(fleet);
    const set = await runIn(fleet, secrets, ["set", file, "auth-service-redis/password"], env, undefined, "another");
    expect([set.code, set.stdout]).toEqual([0, `${file}\n${stamps}\n`]);
    const after = await stamped(fleet);
    expect([after["auth-service"] === before["auth-service"], after["case-service"], after["frontend"]]).toEqual([
      false,
      before["case-service"],
      "none",
    ]);
    const { code } = await runIn(fleet, validate, []);
    expect(code).toBe(0);
  });

  test("a file that another program wrote is named, and validate --fix writes the stamp", async () => {
    await using fleet = await sampleRepository();
    await fleet.edit(file, /lastmodified: .*/, 'lastmodified: "2026-01-01T00:00:00Z"');
    const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    expect(findings).toEqual([
      expect.objectContaining({ rule: "secret-stamp", file: stamps, fix: "bun run validate --fix writes it" }),
    ]);
    const fixed = await runIn(fleet, validate, ["--fix"]);
    expect([fixed.code, fixed.stderr]).toEqual([0, expect.stringContaining(stamps)]);
  });

  test("a layer that says anything else is refused: it is the tenant's file", async () => {
    const layer = `tenants/soylent/${cluster.sharedUs}/secret-stamps.yaml`;
    const edit: Edit = async (fleet) =>
      fleet.write(layer, `${await fleet.read(layer)}priorityClassName: murima-critical\n`);
    expect(rulesOf(await findingsOf([cluster.sharedUs], edit))).toEqual(["secret-stamp"]);
  });

  test("nothing is known and nothing written while a file can't be read", async () => {
    const findings = await findingsOf([cluster.dev], (fleet) => fleet.edit(file, /^sops:$/m, "sops: ["));
    expect(rulesOf(findings)).not.toContain("secret-stamp");
  });
});
