import { parser } from "@prometheus-io/lezer-promql";

import { prometheusRules } from "../../fleet/alerts.ts";
import { metricOf } from "../../model/promql.ts";
import type { Rule } from "../rule.ts";

export const alertExpression: Rule = {
  id: "alert-expression",
  severity: "error",
  holds: "Expressions of alerts are PromQL, take the rate of counters, and quantiles of histograms from their buckets.",
  because: "An alert whose expression is wrong never fires, and nothing says so (D-48).",
  *check(fleet) {
    const judged = new Map<string, [message: string, fix: string][]>();
    const exporters = fleet.documents.metrics?.document.spec.exporters ?? [];
    const gauges = new Set(exporters.flatMap(({ gauges }) => gauges ?? []));
    const problems = (expression: string, isAlert: boolean) => {
      const key = `${isAlert} ${expression}`;
      if (!judged.has(key)) judged.set(key, problemsOf(expression, isAlert, gauges));
      return judged.get(key)!;
    };
    for (const { deployed, name, expression, isAlert } of prometheusRules(fleet)) {
      for (const [message, fix] of problems(expression, isAlert))
        yield { ...deployed.at, message: `${name}: ${message}`, fix };
    }
  },
};

/** What is fit to take a counter: rates of it, and what asks no more than which series there are. */
const rates = new Set(["Rate", "Irate", "Increase", "Resets", "AbsentOverTime", "Changes"]);
const presence = new Set(["Absent", "Count", "Group", "PresentOverTime"]);

/** Buckets that are recorded wait for their quantile; an alert may pick one by its bound. */
function problemsOf(
  expression: string,
  isAlert: boolean,
  gauges: ReadonlySet<string>,
): [message: string, fix: string][] {
  const found: [string, string][] = [];
  const functions: (string | undefined)[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError)
        found.push([`is not valid PromQL at character ${node.from + 1}`, "correct the expression"]);
      if (node.name === "FunctionCall") functions.push(node.node.getChild("FunctionIdentifier")?.firstChild?.name);
      if (node.name === "AggregateExpr") functions.push(node.node.getChild("AggregateOp")?.firstChild?.name);
      if (node.name !== "VectorSelector") return;
      const metric = metricOf(text) ?? "";
      const isFit = functions.some((name) => name !== undefined && (rates.has(name) || presence.has(name)));
      if (/_(total|bucket|count|sum)$/.test(metric) && !isFit && !gauges.has(metric)) {
        found.push([`takes the counter ${metric} as it is, which only grows`, `take its rate: rate(${metric}[5m])`]);
      }
      const isPicked = /[{,]\s*le\s*=/.test(text);
      if (isAlert && metric.endsWith("_bucket") && !isPicked && !functions.includes("HistogramQuantile")) {
        found.push([`takes buckets of ${metric} without a quantile`, "use histogram_quantile"]);
      }
      // What a rule has recorded of a histogram has such a label as well, and a colon in its name.
      if (/[{,]\s*quantile\s*=/.test(text) && !metric.includes(":")) {
        found.push([
          `asks ${metric} for a quantile, which only a summary has and which can't be added up`,
          "use histogram_quantile over its _bucket",
        ]);
      }
    },
    leave(node) {
      if (node.name === "FunctionCall" || node.name === "AggregateExpr") functions.pop();
    },
  });
  return found;
}
