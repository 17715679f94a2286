import { parser } from "@prometheus-io/lezer-promql";

import { remembered } from "../core/remembered.ts";

/** What an expression selects: each name of a metric with its labels, as it is written. */
export const selectorsOf = remembered((expression: string): readonly string[] => {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      if (node.name === "VectorSelector") found.push(expression.slice(node.from, node.to));
    },
  });
  return found;
}, 10_000);

/** The metric of a selector; undefined where it matches names by a pattern. */
export const metricOf = (selector: string): string | undefined => /^[a-zA-Z_:][\w:]*/.exec(selector)?.[0];

/** Names of the metrics that an expression asks for, each once. */
export function metricsOf(expression: string): string[] {
  return [...new Set(selectorsOf(expression).flatMap((selector) => metricOf(selector) ?? []))];
}
