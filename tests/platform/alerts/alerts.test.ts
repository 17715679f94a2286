/** Every alert of the platform and of stores, played against series by promtool. Skipped, and counted so, where there is none. */
import { beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";

import { type JsonObject, listAt, stringAt } from "../../../scripts/lib/core/json.ts";
import { alertRules, alertsOf, promtool, readTests, runPromtool, withoutAnnotations } from "../../support/alerts.ts";

const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith(".test.yaml"))
  .map((file) => file.replace(".test.yaml", ""))
  .toSorted();

let rules: Map<string, JsonObject[]>;
beforeAll(async () => {
  rules = await alertRules();
});

describe.skipIf(promtool === null)("promtool", () => {
  for (const name of names)
    test(`plays ${name}.test.yaml`, async () => {
      const groups = withoutAnnotations(rules.get(name)!);
      // What is recorded comes before who asks for it; promtool takes groups in any order otherwise.
      const order = groups.map((group) => stringAt(group, "name")!);
      const { code, said } = await runPromtool("test", {
        [`${name}.yaml`]: { groups },
        "test.yaml": { ...(await readTests(name)), group_eval_order: order },
      });
      expect([code, said]).toEqual([0, expect.stringContaining("SUCCESS")]);
    });

  test("takes every rule, and the templates of its annotations", async () => {
    const groups = [...rules].flatMap(([name, own]) =>
      own.map((group) => ({ ...group, name: `${name} ${stringAt(group, "name")}` })),
    );
    const { code, said } = await runPromtool("check", { "rules.yaml": { groups } });
    expect([code, said]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });
});

test("every alert is seen to fire in each of its severities, and to be silent", async () => {
  const untested: string[] = [];
  expect([...rules.keys()].toSorted()).toEqual(names);
  for (const [name, groups] of rules) {
    const played = listAt(await readTests(name), "tests").flatMap((one) => listAt(one, "alert_rule_test"));
    for (const alert of alertsOf(groups)) {
      const called = stringAt(alert, "alert")!;
      const severity = stringAt(alert, "labels", "severity");
      const expected = played
        .filter((one) => stringAt(one, "alertname") === called)
        .map((one) => listAt(one, "exp_alerts"));
      const fires = expected.flat().some((one) => stringAt(one, "exp_labels", "severity") === severity);
      if (!fires) untested.push(`${called} (${severity}) never fires`);
      if (!expected.some((one) => one.length === 0)) untested.push(`${called} is never silent`);
    }
  }
  expect(untested).toEqual([]);
});
