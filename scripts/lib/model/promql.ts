import { parser } from "@prometheus-io/lezer-promql";

/** Names of the metrics that an expression asks for, each once. Selectors that match names by a pattern have none. */
export function metricsOf(expression: string): string[] {
  const found = new Set<string>();
  parser.parse(expression).iterate({
    enter(node) {
      if (node.name !== "VectorSelector") return;
      const name = /^[a-zA-Z_:][\w:]*/.exec(expression.slice(node.from, node.to))?.[0];
      if (name !== undefined) found.add(name);
    },
  });
  return [...found];
}
