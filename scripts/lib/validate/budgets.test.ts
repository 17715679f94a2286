/** K12, L-3: budgets that let no pod go. */
import { describe, expect, test } from "bun:test";

import { deployment, said } from "../../../tests/support/rule.ts";

const budget = (spec: string, selector = "selector: { matchLabels: { app: app } }", name = "app") =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: ${name} }\nspec: { ${[spec, selector].filter((part) => part !== "").join(", ")} }`;
const workload = (replicas: number, name = "app") => deployment({ name, spec: `replicas: ${replicas}` });

describe("K12, L-3: percentages are rounded up", () => {
  const blocking: [spec: string, replicas: number][] = [
    ["minAvailable: 50%", 1],
    ["minAvailable: 99%", 1],
    ["minAvailable: 67%", 2],
    ["minAvailable: 75%", 3],
    ["minAvailable: 100%", 5],
    ["minAvailable: 150%", 10],
    ["minAvailable: 2", 2],
    ["maxUnavailable: 0%", 3],
    ["maxUnavailable: 0", 3],
  ];
  for (const [spec, replicas] of blocking)
    test(`K12: ${spec} of ${replicas}`, async () =>
      expect(await said("blocking-pdb", workload(replicas), budget(spec))).toEqual([
        `lets no pod go (of ${replicas})`,
      ]));
  const open: [spec: string, replicas: number][] = [
    ["minAvailable: 50%", 2],
    ["minAvailable: 66%", 3],
    ["minAvailable: 1", 2],
    ["maxUnavailable: 1%", 3],
    ["maxUnavailable: 1", 1],
    ["minAvailable: 1", 0],
  ];
  for (const [spec, replicas] of open)
    test(`K12: twin: ${spec} of ${replicas}`, async () =>
      expect(await said("blocking-pdb", workload(replicas), budget(spec))).toEqual([]));
});

describe("K12: which pods a budget is for", () => {
  test("K12: two budgets on a pod", async () => {
    const both = [budget("maxUnavailable: 1"), budget("maxUnavailable: 1", undefined, "other")];
    expect(await said("blocking-pdb", workload(3), ...both)).toEqual([
      expect.stringContaining("is the second budget of the pods of Deployment app, beside app"),
    ]);
  });
  test("K12: twin: a budget for each of two workloads", async () => {
    const other = budget("maxUnavailable: 1", "selector: { matchLabels: { app: other } }", "other");
    expect(await said("blocking-pdb", workload(3), workload(3, "other"), budget("maxUnavailable: 1"), other)).toEqual(
      [],
    );
  });
  test("K12: an empty selector, and none", async () => {
    expect(await said("blocking-pdb", workload(3), budget("maxUnavailable: 1", "selector: {}"))).toEqual([
      "selects every pod of its namespace",
    ]);
    expect(await said("blocking-pdb", workload(3), budget("maxUnavailable: 1", ""))).toEqual([
      "has no selector and protects no pod",
    ]);
  });
});
