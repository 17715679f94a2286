/** What tests about tenants do again and again. */
import { expect } from "bun:test";

import { run as validate } from "../../validate.ts";
import { runIn, type TestRepository } from "./repository.ts";

export const all = { clusters: [], applications: [] };
export const onboard = (id: string, ...more: string[]) => [
  id,
  "--display-name",
  "Umbrella Ltd",
  "--owner",
  `@murima2025/${id}`,
  "--limit",
  "agents=5",
  "--contact",
  "technical=it@umbrella.example",
  ...more,
];

export async function expectClean(fleet: TestRepository): Promise<void> {
  const { code, stdout } = await runIn(fleet, validate, []);
  expect([code, stdout]).toEqual([0, expect.stringContaining("0 errors")]);
}

export const git = (fleet: TestRepository, ...args: string[]) => {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  const { exitCode, stderr } = Bun.spawnSync(["git", "-C", fleet.root, ...identity, ...args]);
  if (exitCode !== 0) throw new Error(stderr.toString());
};
export const commit = (fleet: TestRepository) => {
  git(fleet, "add", "--all");
  git(fleet, "commit", "--quiet", "--allow-empty", "--message", "step");
};
