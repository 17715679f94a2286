import { expect, test } from "bun:test";

import { services } from "../../../tests/support/fleet.ts";
import { sampleRepository } from "../../../tests/support/repository.ts";
import { Repository } from "../fleet/repository.ts";
import { validate } from "./validate.ts";

const entry = (fields: string, expires = "2026-12-31") =>
  `exceptions:\n    - rule: pod-probes\n      ${fields}\n      reason: a fixture of this test, nothing else\n      expires: "${expires}"\n`;

async function validateWith(exception: string, isBroken: boolean) {
  await using fleet = await sampleRepository();
  const template = "apps/charts/service/templates/deployment.yaml";
  if (isBroken) await fleet.edit(template, /          readinessProbe:[^]*?timeoutSeconds: 2\n/, "");
  await fleet.edit("apps/exceptions.yaml", "exceptions: []\n", exception);
  const selection = { clusters: [], applications: [] };
  const { findings, excused } = await validate(await Repository.read(fleet.root, { env: process.env }), {
    selection,
    today: "2026-11-23",
  });
  return { rules: new Set(findings.map(({ rule }) => rule)), excused, lines: findings.map(({ line }) => line) };
}

test("an exception takes out what it names, and the count is kept", async () => {
  const { rules, excused } = await validateWith(entry("object: apps/Deployment murima/*"), true);
  expect([rules, excused]).toEqual([new Set(), services.length]);
});

test("it takes out nothing else", async () => {
  const { rules, excused } = await validateWith(entry("application: dev-shared/service-frontend"), true);
  expect([rules, excused]).toEqual([new Set(["pod-probes"]), 1]);
});

test("it takes out what the finding has to say, and not another thing of the same rule", async () => {
  const about = (message: string) => entry(`object: apps/Deployment murima/*\n      message: "${message}"`);
  expect((await validateWith(about("*readinessProbe*"), true)).rules).toEqual(new Set());
  expect((await validateWith(about("*livenessProbe*"), true)).rules).toEqual(new Set(["exception", "pod-probes"]));
});

test("one that has expired excuses nothing and is a finding", async () => {
  const { rules, excused } = await validateWith(entry("object: apps/Deployment murima/*", "2026-11-22"), true);
  expect([rules, excused]).toEqual([new Set(["exception", "pod-probes"]), 0]);
});

test("one that nothing needs is a finding, at its line", async () => {
  const { rules, lines } = await validateWith(entry("object: apps/Deployment murima/*"), false);
  expect([rules, lines]).toEqual([new Set(["exception"]), [13]]);
});

test("one that names only a rule is refused", async () => {
  const { rules } = await validateWith(entry("").replace(/\n +\n/, "\n"), true);
  expect(rules).toContain("document-schema");
});
