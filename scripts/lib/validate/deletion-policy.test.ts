/** What ApplicationSets leave to a person: nobody's data goes without a word, and the word counts. */
import { expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { validate } from "./validate.ts";

const applicationSets = "clusters/base/applicationsets/kustomization.yaml";
const preserved = /^ +preservedFields:\n +annotations:\n.*\n/m;

test.each([
  ["nothing", ""],
  ["another annotation", "        preservedFields:\n          annotations:\n            - example.com/owner\n"],
])("a confirmation that ApplicationSets take away again: they preserve %s", async (_, instead) => {
  const fleet = await changedFleet([cluster.sharedUs], (files) => files.edit(applicationSets, preserved, instead));
  const { findings } = await validate(fleet);
  const said = findings.filter(({ rule }) => rule === "deletion-policy");
  expect(said.length).toBeGreaterThan(1);
  for (const { message } of said) expect(message).toContain("does not preserve the annotation");
});
