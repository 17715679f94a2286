/** Hosts of a customer's own domain, written by hand into the facts: what follows is one command. */
import { expect, test } from "bun:test";

import { cluster } from "../../../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { run as validate } from "../../validate.ts";

test.each([
  ["a tenant of shared services", cluster.shared, "wonka"],
  ["one with its own copies", cluster.sharedUs, "soylent"],
])("%s: a finding says what is missing, --fix writes it, and takes it away again", async (_, name, tenant) => {
  await using fleet = await sampleRepository([name]);
  const facts = `tenants/${tenant}/facts/tenant.yaml`;
  const grant = `clusters/${name}/grants/${tenant}`;
  const hosts = `    - ${tenant}.customers.murima2025.com\n`;
  const before = await fleet.read(`${grant}/kustomization.yaml`);
  await fleet.edit(facts, hosts, `${hosts}    - desk.${tenant}.example\n`);
  const found = await runIn(fleet, validate, []);
  expect([found.code, found.stdout]).toEqual([1, expect.stringContaining("bun run validate --fix writes it")]);
  const fixed = await runIn(fleet, validate, ["--fix"]);
  expect([fixed.code, fixed.stdout]).toEqual([0, expect.stringContaining("0 errors")]);
  expect(await fleet.read(`${grant}/hosts.yaml`)).toContain(`- desk.${tenant}.example`);
  await fleet.edit(facts, `    - desk.${tenant}.example\n`, "");
  expect((await runIn(fleet, validate, ["--fix"])).code).toBe(0);
  expect(await fleet.read(`${grant}/kustomization.yaml`)).toBe(before);
});
