/** What a part of the fleet can't show is said, or judged by facts. */
import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import type { TestFiles } from "../../../tests/support/repository.ts";
import { validate } from "./validate.ts";

const two = [cluster.dev, cluster.staging];
const facts = (name: string) => `clusters/${name}/facts/cluster.yaml`;
const domain = async (files: TestFiles) => {
  const own = /^ {2}domain: (.*)$/m.exec(await files.read(facts(cluster.dev)))![1]!;
  await files.edit(facts(cluster.staging), /^ {2}domain: .*$/m, `  domain: ${own}`);
};
const nothing = () => Promise.resolve();

describe("M5: a selection", () => {
  test.each([
    ["the fleet", { clusters: [], applications: [] }],
    ["one cluster", { clusters: [cluster.staging], applications: [] }],
    ["the other cluster", { clusters: [cluster.dev], applications: [] }],
    ["one Application", { clusters: [], applications: [`${cluster.staging}/service-frontend`] }],
  ])("a domain of two clusters is seen by facts: %s", async (_name, selection) => {
    const { findings } = await validate(await changedFleet(two, domain), { selection });
    expect(findings.filter(({ rule }) => rule === "host-collision").map(({ file, line }) => [file, line])).toEqual([
      [facts(cluster.staging), expect.any(Number)],
    ]);
  });

  test.each([
    [
      "one cluster",
      { clusters: [cluster.dev], applications: [] },
      ["host-collision", "split-store", "store-owner"],
      ["duplicate-object", "quota-capacity"],
    ],
    [
      "one Application",
      { clusters: [], applications: [`${cluster.dev}/service-frontend`] },
      ["duplicate-object", "host-collision", "quota-capacity", "store-owner"],
      [],
    ],
  ])("what compares more than is rendered is named: %s", async (_name, selection, left, judged) => {
    const { notChecked, findings } = await validate(await changedFleet(two, nothing), { selection });
    const named = notChecked.map(({ what }) => what);
    expect(findings).toEqual([]);
    for (const rule of left) expect(named).toContain(`rule ${rule}`);
    for (const rule of judged) expect(named).not.toContain(`rule ${rule}`);
  });

  test("twin: nothing of that is left out where everything is rendered", async () => {
    const { notChecked } = await validate(await changedFleet(two, nothing));
    expect(notChecked.filter(({ what }) => what.startsWith("rule "))).toEqual([]);
  });
});
