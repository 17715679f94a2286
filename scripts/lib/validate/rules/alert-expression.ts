import { parser } from "@prometheus-io/lezer-promql";

import { listAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const alertExpression: Rule = {
  id: "alert-expression",
  severity: "error",
  holds: "Expressions of alerts are PromQL, take the rate of counters, and quantiles of histograms from their buckets.",
  because: "An alert whose expression is wrong never fires, and nothing says so (D-48).",
  *check(fleet) {
    const judged = new Map<string, [message: string, fix: string][]>();
    const problems = (expression: string) => {
      if (!judged.has(expression)) judged.set(expression, problemsOf(expression));
      return judged.get(expression)!;
    };
    for (const { object, at } of renderedObjects(fleet, "PrometheusRule")) {
      for (const rule of listAt(object, "spec", "groups").flatMap((group) => listAt(group, "rules"))) {
        const name = stringAt(rule, "alert") ?? stringAt(rule, "record") ?? "a rule";
        for (const [message, fix] of problems(stringAt(rule, "expr") ?? ""))
          yield { ...at, message: `${name}: ${message}`, fix };
      }
    }
  },
};

const rates = new Set(["Rate", "Irate", "Increase", "Resets", "AbsentOverTime"]);

function problemsOf(expression: string): [message: string, fix: string][] {
  const found: [string, string][] = [];
  const functions: (string | undefined)[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError)
        found.push([`is not valid PromQL at character ${node.from + 1}`, "correct the expression"]);
      if (node.name === "FunctionCall") functions.push(node.node.getChild("FunctionIdentifier")?.firstChild?.name);
      if (node.name !== "VectorSelector") return;
      const metric = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? "";
      const isRate = functions.some((name) => name !== undefined && rates.has(name));
      if (/_(total|bucket|count|sum)$/.test(metric) && !isRate) {
        found.push([`takes the counter ${metric} as it is, which only grows`, `take its rate: rate(${metric}[5m])`]);
      }
      if (metric.endsWith("_bucket") && !functions.includes("HistogramQuantile")) {
        found.push([`takes buckets of ${metric} without a quantile`, "use histogram_quantile"]);
      }
      if (/[{,]\s*quantile\s*=/.test(text)) {
        found.push([
          `asks ${metric} for a quantile, which only a summary has and which can't be added up`,
          "use histogram_quantile over its _bucket",
        ]);
      }
    },
    leave(node) {
      if (node.name === "FunctionCall") functions.pop();
    },
  });
  return found;
}
