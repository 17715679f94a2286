/** K5, LAB-3: values that the chart takes and whose objects a server refuses. Whether the chart refuses them first is its own. */
import { describe, expect, test } from "bun:test";

import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { run as validate } from "../../validate.ts";
import type { Finding } from "../core/finding.ts";

const file = "clusters/dev-shared/services/case-service/values.yaml";

async function judge(body: string): Promise<string[]> {
  await using fleet = await sampleRepository();
  await fleet.values(file, body);
  const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return [...new Set(findings.map(({ rule }): string => rule))];
}

const refused = {
  "more replicas at least than at most": "autoscaling:\n  enabled: true\n  minReplicas: 12\n  maxReplicas: 5\n",
  "one number for two ports": "ports:\n  http: 8080\n  metrics: 8080\n",
  "one number for two ports of the Service": "ports:\n  service: 9090\n",
  "a path with two slashes":
    "route:\n  enabled: true\n  host: cases\n  paths:\n    - type: PathPrefix\n      value: /api//v1\n",
  "a toleration Exists with a value":
    "scheduling:\n  tolerations:\n    - key: gpu\n      operator: Exists\n      value: x\n      effect: NoSchedule\n",
  "a toleration without key":
    'scheduling:\n  tolerations:\n    - key: ""\n      operator: Equal\n      effect: NoSchedule\n',
  "a toleration of a key with a blank":
    "scheduling:\n  tolerations:\n    - key: a b\n      operator: Exists\n      effect: NoSchedule\n",
  "an annotation with two slashes": "serviceAccount:\n  annotations:\n    eks.amazonaws.com/role/arn: a\n",
  "a variable that is null": "env:\n  FOO: null\n",
};

const taken = {
  "as many at least as at most": "autoscaling:\n  enabled: true\n  minReplicas: 5\n  maxReplicas: 5\n",
  "other ports": "ports:\n  http: 8081\n  metrics: 9091\n  service: 81\n",
  "a toleration": "scheduling:\n  tolerations:\n    - key: gpu\n      operator: Exists\n      effect: NoSchedule\n",
};

describe("K5, LAB-3: one line of values", () => {
  for (const [name, body] of Object.entries(refused))
    test(`K5: ${name}`, async () => {
      const found = await judge(body);
      expect(found.some((rule) => /^(object-validation|kubernetes-schema|values-schema)$/.test(rule))).toBe(true);
    });
  for (const [name, body] of Object.entries(taken))
    test(`K5: twin: ${name}`, async () => expect(await judge(body)).toEqual([]));
});

test("K13: null in a layer of values: remove the line", async () => {
  await using fleet = await sampleRepository();
  await fleet.values(file, "env:\n  FOO: null\n");
  const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(findings.map(({ rule, line, fix }) => ({ rule, line, fix }))).toEqual([
    { rule: "values-schema", line: 4, fix: "remove the line; null only deletes what a lower layer sets" },
  ]);
});
