/** What a cluster may not have of another, or not have at all; and what a List hides. */
import { describe, expect, test } from "bun:test";

import { clusterFacts as facts, type Edit, findingsOf, rulesOf } from "./support/findings.ts";
import { cluster } from "./support/fleet.ts";

describe("K2, C2: no cluster uses the stores of another", () => {
  const domain = /(?<=mode: managed\n {4}domain: ).*/;
  const range = /(?<=cidrs:\n {6}- ).*/;
  const both = [cluster.staging, cluster.shared];

  test("facts of stores that were copied from staging to production", async () => {
    const edit: Edit = async (fleet) => {
      const staging = await fleet.read(facts(cluster.staging));
      for (const what of [domain, range]) await fleet.edit(facts(cluster.shared), what, what.exec(staging)![0]);
    };
    const findings = (await findingsOf(both, edit)).filter(({ rule }) => rule === "store-owner");
    // Whose name is in the domain had it first.
    expect(findings.map(({ file, message }) => [file, message])).toEqual([
      [
        facts(cluster.shared),
        expect.stringContaining(
          "the domain staging-shared.internal.murima2025.com of its stores is that of staging-shared",
        ),
      ],
      [facts(cluster.shared), expect.stringContaining("the range")],
    ]);
  });

  test("one host alone, in the values of a cluster", async () => {
    const edit: Edit = (fleet) =>
      fleet.values(
        `clusters/${cluster.shared}/values.yaml`,
        `stores:\n  postgresql:\n    host: postgresql.${cluster.staging}.internal.murima2025.com\n`,
      );
    expect(await findingsOf(both, edit)).toEqual([
      expect.objectContaining({ rule: "store-owner", file: `clusters/${cluster.shared}/values.yaml`, line: 5 }),
    ]);
  });

  test("a host that facts state for one managed store", async () => {
    const edit: Edit = async (fleet) => {
      for (const own of both)
        await fleet.edit(
          facts(own),
          "    mode: managed\n",
          "    mode: managed\n    hosts:\n      redis: shared.cache.example\n",
        );
    };
    expect(rulesOf(await findingsOf(both, edit))).toEqual(["store-owner"]);
  });
});

describe("guide 7.4: a restore that nobody tried", () => {
  const file = facts(cluster.onPremises);
  const seen = (next: string, lost: string) => `  rehearsals:
    next: "${next}"
    last:
      postgresql: { day: "2026-11-26", took: 3h, lost: ${lost}, by: the record of that day }
`;
  test.each([
    ["no word of it", "", "says nothing of rehearsals"],
    [
      "the next one too late",
      seen("2027-03-01", "5m"),
      "is due on 2027-03-01, and the last of postgresql was on 2026-11-26",
    ],
    ["more lost than promised", seen("2027-02-26", "61m"), "postgresql had lost 61m"],
    ["what keeps to it", seen("2027-02-26", "60m"), undefined],
  ])("%s", async (_, text, message) => {
    const edit: Edit = (fleet) => fleet.edit(file, / {2}rehearsals:\n.*\n/, text);
    const found = (await findingsOf([cluster.onPremises], edit)).filter(({ rule }) => rule === "restore-rehearsal");
    expect(found.map((finding) => [finding.file, finding.message])).toEqual(
      message === undefined ? [] : [[file, expect.stringContaining(message)]],
    );
  });
});

describe("R3: a List hides what is in it", () => {
  const list =
    (body: string): Edit =>
    (fleet) =>
      fleet.write("apps/charts/service/templates/list.yaml", `apiVersion: v1\n${body}`);
  test.each([
    ["empty", "kind: List\nitems: []\n"],
    ["with junk", "kind: List\nitems: []\nspec: {a: b}\n"],
    ["of one kind", "kind: ConfigMapList\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n"],
  ])("%s", async (_name, body) => {
    expect(rulesOf(await findingsOf([cluster.dev], list(body)))).toContain("rendered-list");
  });
});

test("A3.6: a cluster without priority classes, and a class that nobody made", async () => {
  const none: Edit = (fleet) => fleet.remove(`clusters/${cluster.dev}/platform/priority-classes`);
  const [finding] = await findingsOf([cluster.dev], none);
  expect([finding!.rule, finding!.message]).toEqual([
    "priority-class",
    expect.stringContaining("which dev-shared does not have"),
  ]);
});
