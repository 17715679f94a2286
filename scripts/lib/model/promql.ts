import { parser } from "@prometheus-io/lezer-promql";

/** What an expression selects: each name of a metric with its labels, as it is written. */
export function selectorsOf(expression: string): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      if (node.name === "VectorSelector") found.push(expression.slice(node.from, node.to));
    },
  });
  return found;
}

/** The metric of a selector; undefined where it matches names by a pattern. */
export const metricOf = (selector: string): string | undefined => /^[a-zA-Z_:][\w:]*/.exec(selector)?.[0];

/** Names of the metrics that an expression asks for, each once. */
export function metricsOf(expression: string): string[] {
  return [...new Set(selectorsOf(expression).flatMap((selector) => metricOf(selector) ?? []))];
}
