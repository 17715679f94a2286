import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { addonMutations } from "../../../tests/support/mutations/addons.ts";
import {
  clusterMutations,
  storeClusters,
  storeMutations,
  storeTwins,
} from "../../../tests/support/mutations/clusters.ts";
import { fileMutations } from "../../../tests/support/mutations/files.ts";
import { objectMutations } from "../../../tests/support/mutations/objects.ts";
import { secretMutations } from "../../../tests/support/mutations/secrets.ts";
import { ofStores } from "../../../tests/support/mutations/stores.ts";
import { tenantMutations } from "../../../tests/support/mutations/tenants.ts";
import { ruleIds } from "../core/rule-id.ts";
import { allowanceRule } from "./allowances.ts";
import { exceptionRule } from "./exceptions.ts";
import { intakeRules } from "./intake-rules.ts";
import { renderRules } from "./render-rules.ts";
import { rules } from "./rules.ts";
import { validate } from "./validate.ts";

const mutations = {
  ...addonMutations,
  ...clusterMutations,
  ...fileMutations,
  ...objectMutations,
  ...ofStores,
  ...secretMutations,
  ...tenantMutations,
};

describe("each rule sees what breaks it, where it is, and no other rule does", () => {
  for (const [rule, mutation] of Object.entries(mutations)) {
    test(rule, async () => {
      const { findings } = await validate(await changedFleet(mutation.clusters ?? [cluster.dev], mutation.break));
      expect(findings).toContainEqual(expect.objectContaining({ rule, ...mutation.expected }));
      expect(new Set<string>(findings.map((finding) => finding.rule))).toEqual(
        new Set([rule, ...(mutation.also ?? [])]),
      );
      expect(findings.every(({ fix }) => fix !== undefined && fix !== "")).toBe(true);
    });
  }
});

test("every rule is described once", () => {
  const described = [...intakeRules, ...renderRules, allowanceRule, exceptionRule, ...rules].map(({ id }) => id);
  expect([...described, "lab-admit"].toSorted()).toEqual(ruleIds.toSorted());
});

describe("stores of two clusters", () => {
  const cases = [
    ...Object.entries(storeMutations).map(([name, edit]) => ({ name, edit, expected: ["store-owner"] })),
    ...Object.entries(storeTwins).map(([name, edit]) => ({ name, edit, expected: [] })),
  ];
  for (const { name, edit, expected } of cases) {
    test(name, async () => {
      const { findings } = await validate(await changedFleet(storeClusters, edit));
      expect([...new Set<string>(findings.map(({ rule }) => rule))]).toEqual(expected);
    });
  }
});

test("every rule is in its file, in the list and in the mutations", async () => {
  const folder = path.join(import.meta.dirname, "rules");
  const files = (await readdir(folder)).map((file) => path.basename(file, ".ts")).toSorted();
  expect(rules.map(({ id }): string => id)).toEqual(files);
  expect(Object.keys(mutations)).toEqual(expect.arrayContaining(files));
});
