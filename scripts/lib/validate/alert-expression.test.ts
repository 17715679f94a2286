import { expect, test } from "bun:test";

import { said } from "../../../tests/support/rule.ts";

const rule = (kind: "alert" | "record", expression: string) =>
  `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: a }\nspec: { groups: [{ name: a, rules: [{ ${kind}: a, expr: ${JSON.stringify(expression)} }] }] }`;

test.each([
  ["alert", "count without (cpu) (node_cpu_seconds_total) > 2"],
  ["alert", "absent(a_total)"],
  ["alert", "changes(a_total[5m]) > 2"],
  ["alert", 'sum(rate(a_bucket{le="1"}[5m])) > 2'],
  ["alert", 'level:a:histogram_quantile{quantile="0.99"} > 2'],
  ["record", "sum by (le) (rate(a_bucket[5m]))"],
] as const)("%s of %s is in order", async (kind, expression) =>
  expect(await said("alert-expression", rule(kind, expression))).toEqual([]),
);

test.each([
  ["alert", "sum(a_total) > 2", "counter"],
  ["alert", "count(b) > 2 and a_total > 2", "counter"],
  ["record", "a_total", "counter"],
  ["alert", "sum(rate(a_bucket[5m])) > 2", "without a quantile"],
  ["alert", 'a{quantile="0.99"} > 2', "for a quantile"],
] as const)("%s of %s is not", async (kind, expression, says) =>
  expect(await said("alert-expression", rule(kind, expression))).toEqual([expect.stringContaining(says)]),
);
