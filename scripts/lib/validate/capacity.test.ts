import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { validate } from "./validate.ts";

const facts = (name: string) => `clusters/${name}/facts/cluster.yaml`;

/** What is said of a cluster's capacity after edits of its facts; of so small ones the guide's minimum says more. */
async function said(name: string, ...edits: [from: RegExp, to: string][]): Promise<string[]> {
  const files = await changedFleet([name], async (fleet) => {
    for (const [from, to] of edits) await fleet.edit(facts(name), from, to);
  });
  const { findings } = await validate(files);
  const own = findings.filter(({ rule }) => rule === "quota-capacity");
  expect(own.every(({ file }) => file === facts(name))).toBe(true);
  return own.map(({ message }) => message);
}

describe("a cluster holds all at its largest", () => {
  const domains = /    failureDomains: .*\n/;
  const cpu = /(?<=  capacity:\n    cpu: ).*/;
  const memory = /(?<=  capacity:\n    cpu: .*\n    memory: ).*/;

  test("also while a failure domain is away, where its environment promises recovery", async () => {
    expect(await said(cluster.staging)).toEqual([]);
    expect(await said(cluster.staging, [domains, ""])).toEqual([
      "does not say over how many failure domains its nodes are spread, and staging promises recovery",
    ]);
    // As the facts stand, all of it holds what two thirds of it do not.
    const [full] = await said(cluster.staging, [cpu, '"1"']);
    const needed = Number(/it runs (\d+) itself$/.exec(full!)![1]);
    expect(await said(cluster.staging, [cpu, `"${needed}"`])).toEqual([
      `has ${needed} of cpu, ${Math.floor((needed * 2) / 3)} of it while one of 3 failure domains is away; its tenants are promised 0, and it runs ${needed} itself`,
    ]);
    expect(await said(cluster.staging, [cpu, `"${Math.ceil(needed * 1.5)}"`])).toEqual([]);
    expect(await said(cluster.staging, [memory, "1Gi"])).toEqual([
      expect.stringMatching(/^has 1Gi of memory, 0Gi of it while one of 3 failure domains is away; /),
    ]);
  });

  test("with nodes in many parts a smaller one is away", async () => {
    const [full] = await said(cluster.staging, [cpu, '"1"']);
    const needed = Number(/it runs (\d+) itself$/.exec(full!)![1]);
    const room: [RegExp, string] = [cpu, `"${Math.ceil((needed * 10) / 9)}"`];
    expect(await said(cluster.staging, room)).toHaveLength(1);
    expect(await said(cluster.staging, room, [domains, "    failureDomains: 10\n"])).toEqual([]);
  });

  test("elsewhere with all its nodes", async () => {
    const [full] = await said(cluster.dev, [cpu, '"1"']);
    const needed = Number(/it runs (\d+) itself$/.exec(full!)![1]);
    expect(await said(cluster.dev, [cpu, `"${needed}"`])).toEqual([]);
  });
});
