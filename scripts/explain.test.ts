import { expect, test } from "bun:test";

import { services } from "../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { run as explain } from "./explain.ts";
import { run as status } from "./status.ts";
import { run as validate } from "./validate.ts";

const application = ["--application", "dev-shared/service-case-service"];

test("a value: each layer's word with its line, the winner marked", async () => {
  await using fleet = await sampleRepository();
  await fleet.values("clusters/dev-shared/services/case-service/values.yaml", "config:\n  logging:\n    level: warn\n");
  const { code, stdout } = await runIn(fleet, explain, ["config.logging.level", ...application]);
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(/^ {2}apps\/charts\/service\/values\.yaml:\d+ {2}"info"$/),
    "  apps/services/case-service/values.yaml",
    '  environments/dev/values.yaml:8  "debug"',
    "  clusters/dev-shared/secret-stamps.yaml",
    '* clusters/dev-shared/services/case-service/values.yaml:5  "warn"',
    "  clusters/dev-shared/services/case-service/image.yaml",
    "  valuesObject of clusters/base/applicationsets/services.yaml",
    'config.logging.level is "warn"',
    "",
  ]);
  expect(code).toBe(0);
  const json = JSON.parse(
    (await runIn(fleet, explain, ["facts.cluster", ...application, "--format", "json"])).stdout,
  ) as { value: string };
  expect(json.value).toBe("dev-shared");
});

test("all values of an Application: each with the line that has the last word", async () => {
  await using fleet = await sampleRepository();
  await fleet.values("clusters/dev-shared/services/case-service/values.yaml", "config:\n  logging:\n    level: warn\n");
  const { code, stdout } = await runIn(fleet, explain, application);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(
      /^config.logging.level +"warn" {2}clusters\/dev-shared\/services\/case-service\/values.yaml:5$/m,
    ),
  ]);
  expect(stdout).toMatch(/^replicas +1 {2}environments\/dev\/values.yaml:\d+$/m);
  expect(stdout).toMatch(/^facts.cluster +"dev-shared" {2}valuesObject$/m);
});

test("a file: who reads it; a file nobody reads is read by none", async () => {
  await using fleet = await sampleRepository();
  const readers = async (file: string) => (await runIn(fleet, explain, ["--file", file])).stdout.trim().split("\n");
  expect(await readers("apps/services/frontend/values.yaml")).toEqual(["dev-shared/service-frontend"]);
  expect(await readers("apps/charts/service")).toHaveLength(services.length);
  expect(await readers("environments/prod/values.yaml")).toEqual([""]);
});

test("wrong usage is said", async () => {
  await using fleet = await sampleRepository();
  for (const [argv, says] of [
    [["config"], "give --application, with a path or without, or --file"],
    [["config", "--file", "environments/dev"], "give --application, with a path or without, or --file"],
    [["config", "--application", "dev-shared/service-case-servic"], "did you mean dev-shared/service-case-service?"],
    [["config", "--application", "dev-shared/root"], "does not render a chart that is on this machine"],
    [["--file", "nowhere.yaml"], "there is no nowhere.yaml"],
  ] as const) {
    const { code, stderr } = await runIn(fleet, explain, argv);
    expect([argv, code, stderr]).toEqual([argv, 2, expect.stringContaining(says)]);
  }
});

test("status: what runs where, what lags, what is held, what runs nowhere", async () => {
  await using fleet = await sampleRepository(["dev-shared", "staging-shared"]);
  await fleet.edit(
    "clusters/staging-shared/services/frontend/image.yaml",
    /$/,
    '  hold:\n    reason: a customer tests it\n    expires: "2026-12-01"\n',
  );
  await fleet.write("apps/services/idle/values.yaml", await fleet.read("apps/services/frontend/values.yaml"));
  const { code, stdout } = await runIn(fleet, status, []);
  expect(code).toBe(0);
  expect(stdout).toContain("staging-shared runs v1.1.0 where dev-shared runs v1.2.0-rc.2: all 4 services\n");
  expect(stdout).toContain("frontend is held at v1.1.0 on staging-shared until 2026-12-01: a customer tests it\n");
  expect(stdout).toContain("idle runs nowhere\n");
  const json = JSON.parse((await runIn(fleet, status, ["--format", "json"])).stdout) as {
    images: unknown[];
    lags: unknown[];
  };
  expect([json.images.length, json.lags.length]).toEqual([2 * services.length, services.length]);
});

test("--fix makes the changes that are certain, and only those", async () => {
  await using fleet = await sampleRepository();
  const file = "apps/services/case-service/values.yaml";
  const right = await fleet.read(file);
  await fleet.write(file, `\uFEFF${right.replace(/^---\n.*\n/, "").replaceAll("\n", "\r\n")}`);
  const wrong = "clusters/dev-shared/services/frontend/values.yaml";
  await fleet.values(wrong, "replicas: yes\n");
  const { code, stdout, stderr } = await runIn(fleet, validate, ["--fix", "--format", "json"]);
  expect([await fleet.read(file), stderr]).toEqual([right, `fixed ${file}\n`]);
  expect(await fleet.read(wrong)).toContain("replicas: yes");
  expect([code, stdout]).toEqual([1, expect.stringContaining("yaml-ambiguous-scalar")]);
});
