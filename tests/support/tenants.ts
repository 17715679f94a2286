/** What tests about tenants do again and again. */
import { expect } from "bun:test";

import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { validate } from "../../scripts/lib/validate/validate.ts";
import { git as runGit } from "./git-server.ts";
import type { TestRepository } from "./repository.ts";

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

export async function expectClean({ root }: TestRepository): Promise<void> {
  const { findings } = await validate(await Repository.read(root, { env: process.env }), { selection: all });
  expect(findings).toEqual([]);
}

export const git = (fleet: TestRepository, ...args: string[]) => runGit(fleet.root, ...args);
export const commit = (fleet: TestRepository) => {
  git(fleet, "add", "--all");
  git(fleet, "commit", "--quiet", "--allow-empty", "--message", "step");
};
