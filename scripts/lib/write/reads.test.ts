/** How often a command reads the repository: a writer that reads it again for each question is slow where the fleet is large. */
import { expect, test } from "bun:test";

import { delivery } from "../../../tests/support/delivery.ts";
import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { commit, git, onboard } from "../../../tests/support/tenants.ts";
import { run as bumpImage } from "../../bump-image.ts";
import { run as hold } from "../../hold.ts";
import { run as newTenant } from "../../new-tenant.ts";
import { run as rollback } from "../../rollback.ts";
import type { Run } from "../command/run.ts";
import { watch } from "../io/files.ts";

const digest = `sha256:${"a".repeat(64)}`;
const bump = ["--service", "frontend", "--environment", "dev", "--tag", "v9.9.9", "--digest", digest];

/** How often a command that succeeds reads a repository. */
async function readsOf(fleet: { root: string }, run: Run, argv: readonly string[], env = {}): Promise<number> {
  const before = watch.read;
  let reads = 0;
  watch.read = (root) => void (reads += root === fleet.root ? 1 : 0);
  try {
    const { code, stderr } = await runIn(fleet, run, argv, env);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return reads;
  } finally {
    watch.read = before;
  }
}

test("a writer reads the repository once", async () => {
  await using fleet = await sampleRepository();
  expect(await readsOf(fleet, bumpImage, [...bump, "--dry-run"])).toBe(1);
  expect(await readsOf(fleet, bumpImage, bump)).toBe(1);
  expect(await readsOf(fleet, hold, ["--service", "frontend", "--environment", "dev", "--reason", "a test"])).toBe(1);
  expect(await readsOf(fleet, newTenant, onboard("umbrella", "--cluster", "dev-shared", "--residency", "eu"))).toBe(1);
});

test("what looks at a commit as well reads two", async () => {
  await using fleet = await sampleRepository();
  git(fleet, "init", "--quiet");
  commit(fleet);
  await runIn(fleet, bumpImage, bump);
  const back = ["--service", "frontend", "--environment", "dev", "--to", "HEAD", "--reason", "a test"];
  expect(await readsOf(fleet, rollback, [...back, "--dry-run"])).toBe(2);
});

test("a pull request takes no further reading", async () => {
  await using world = await delivery(["dev-shared"]);
  const clone = await world.clone();
  expect(await readsOf(clone, bumpImage, [...bump, "--pr"], world.env)).toBe(1);
});
