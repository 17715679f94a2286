import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import path from "node:path";

import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { run } from "./new-service.ts";
import { run as validate } from "./validate.ts";

const digest = `sha256:${"a".repeat(64)}`;
const named = (name: string, ...more: string[]) => [
  name,
  "--purpose",
  "Invoices and payments.",
  "--cluster",
  "dev-shared",
  "--tag",
  "v0.1.0",
  "--digest",
  digest,
  ...more,
];

test("one more service: written, formatted, valid, and nothing changes when it is asked for again", async () => {
  await using fleet = await sampleRepository(["dev-shared", "staging-shared"]);
  const argv = named(
    "billing-service",
    "--cluster",
    "staging-shared",
    "--calls",
    "case-service",
    "--calls",
    "auth-service",
    "--store",
    "postgresql",
    "--internet",
  );
  const first = await runIn(fleet, run, argv);
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("next: ")]);
  expect(first.stdout.trim().split("\n")).toEqual([
    "apps/services/billing-service/values.yaml",
    // Its credentials come with it.
    "clusters/dev-shared/platform/secrets/billing-service.sops.yaml",
    "clusters/dev-shared/platform/secrets/kustomization.yaml",
    // And its accounts, with the other half of them.
    "clusters/dev-shared/platform/secrets/stores-billing-service.sops.yaml",
    "clusters/dev-shared/secret-stamps.yaml",
    "clusters/dev-shared/services/billing-service/image.yaml",
    "clusters/dev-shared/stores/postgresql/accounts.patch.yaml",
    "clusters/dev-shared/stores/postgresql/accounts.yaml",
    "clusters/staging-shared/platform/secrets/billing-service.sops.yaml",
    "clusters/staging-shared/platform/secrets/kustomization.yaml",
    "clusters/staging-shared/platform/secrets/stores-billing-service.sops.yaml",
    "clusters/staging-shared/secret-stamps.yaml",
    "clusters/staging-shared/services/billing-service/image.yaml",
    "clusters/staging-shared/stores/postgresql/accounts.patch.yaml",
    "clusters/staging-shared/stores/postgresql/accounts.yaml",
  ]);
  const checked = await runIn(fleet, validate, ["--format", "json"]);
  expect([checked.code, JSON.parse(checked.stdout)]).toEqual([0, expect.objectContaining({ findings: [] })]);
  const format = Bun.spawnSync([process.execPath, "fmt", "--check", "--no-script", "apps/services", "clusters"], {
    cwd: fleet.root,
  });
  expect(format.exitCode).toBe(0);

  const again = await runIn(fleet, run, argv);
  expect([again.code, again.stdout, again.stderr]).toEqual([0, "", "nothing to change\n"]);
  const other = await runIn(
    fleet,
    run,
    argv.map((word) => (word === "v0.1.0" ? "v0.2.0" : word)),
  );
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("there already, and different")]);
  expect(await fleet.read("clusters/dev-shared/services/billing-service/image.yaml")).toContain("tag: v0.1.0");
});

test("what validate would not accept is not written", async () => {
  await using fleet = await sampleRepository();
  const refused: [argv: string[], code: number, says: string][] = [
    [named("billing-service", "--calls", "aut-service"), 1, "did you mean auth-service?"],
    [named("billing-service", "--store", "mysql"), 1, "use one of elasticsearch, mongodb, postgresql, rabbitmq, redis"],
    [named("billing-service").map((word) => (word === digest ? "sha256:1" : word)), 1, "image.digest"],
    [named("billing-service").map((word) => (word === "v0.1.0" ? "latest" : word)), 1, "image.tag"],
    [
      named("billing-service").map((word) => (word === "Invoices and payments." ? "a\nresources: {}" : word)),
      2,
      "more than one line",
    ],
    [named("Billing"), 2, "is not a valid name"],
    [named("kube-system"), 2, "is reserved"],
    [named("../escape"), 2, "is not a valid name"],
    [named("billing-service", "--cluster", "dev-sharde"), 2, "did you mean dev-shared?"],
    [["billing-service"], 2, "--purpose"],
  ];
  for (const [argv, code, says] of refused) {
    const result = await runIn(fleet, run, argv);
    expect([argv, result.code, result.stderr]).toEqual([argv, code, expect.stringContaining(says)]);
    expect(existsSync(path.join(fleet.root, "apps/services/billing-service"))).toBe(false);
  }
});

test("--dry-run shows the files and writes none", async () => {
  await using fleet = await sampleRepository();
  const { stdout } = await runIn(fleet, run, named("billing-service", "--dry-run"));
  expect(existsSync(path.join(fleet.root, "apps/services/billing-service"))).toBe(false);
  expect(stdout).toStartWith("apps/services/billing-service/values.yaml\n  ---\n");
});
