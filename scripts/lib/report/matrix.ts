import { wrapLines } from "../core/wrap.ts";
import { label, outsideFlowsOf, portsText } from "../fleet/flows.ts";
import type { Reachability } from "../fleet/reachability.ts";
import { isEmpty } from "../network/ports.ts";

/** What one sender may do: reach pods of the namespace in question, and what lies outside the cluster's pods. */
interface Row {
  from: string;
  /** Ports by the receiver's column. */
  cells: Map<number, string>;
  outside: string;
}

interface Matrix {
  namespace: string;
  receivers: string[];
  rows: Row[];
}

/** A matrix for each namespace whose pods receive or send something: rows are senders, columns numbered receivers. */
export function matrices(cluster: Reachability): Matrix[] {
  const flows = [...cluster.reach.flows()].filter(({ from, to }) => !to.expected && !(from.expected && to.expected));
  const outside = outsideText(cluster);
  const namespaces = [...new Set(cluster.network.pods.filter((pod) => !pod.expected).map((pod) => pod.namespace))];
  return namespaces.map((namespace) => {
    const into = flows.filter(({ to }) => to.namespace === namespace);
    const receivers = [...new Set(into.map(({ to }) => to.name))].toSorted();
    const own = cluster.network.pods.filter((pod) => pod.namespace === namespace).map(label);
    const senders = [...new Set([...own, ...into.map(({ from }) => label(from)).toSorted()])];
    const rows = senders.map((from): Row => {
      const cells = new Map<number, string>();
      for (const { from: sender, to, ports, maybe } of into) {
        if (label(sender) !== from) continue;
        const text = isEmpty(ports) ? `${portsText(maybe, to.ports)} on some plugins` : portsText(ports, to.ports);
        cells.set(receivers.indexOf(to.name) + 1, text);
      }
      return { from: from.replace(`${namespace}/`, ""), cells, outside: outside.get(from) ?? "" };
    });
    return { namespace, receivers, rows };
  });
}

/**
 * A matrix as lines that fit: where there is no room for what senders reach outside, that stands below it; where there is
 * none for all receivers, the rest of them follows. However narrow the place, nothing is left out.
 */
export function matrixLines({ namespace, receivers, rows }: Matrix, width: number): string[] {
  const letters = lettersOf(rows.flatMap(({ cells }) => [...cells.values()]));
  const number = (name: string) => receivers.indexOf(name) + 1;
  const heads = rows.map(({ from }) => `${number(from) === 0 ? "  " : String(number(from)).padStart(2)} ${from}`);
  const first = Math.max(namespace.length, ...heads.map((head) => head.length));
  const columns = receivers.map((_, index) => index + 1);
  const table = (shown: readonly number[], withOutside: boolean) => {
    const line = (head: string, cell: (column: number) => string, rest: string) =>
      `${head.padEnd(first)} ${shown.map((column) => cell(column).padStart(2)).join(" ")}  ${withOutside ? rest : ""}`.trimEnd();
    return [
      line(namespace, String, "outside"),
      ...rows.map(({ cells, outside }, index) =>
        line(heads[index]!, (column) => letters.get(cells.get(column) ?? "") ?? "·", outside),
      ),
    ];
  };
  const legend = wrapLines([...letters].map(([ports, letter]) => `${letter} ${ports}`).join(", "), width);
  const whole = table(columns, true);
  if (whole.every((line) => line.length <= width)) return [...whole, legend, ""];
  const atOnce = Math.max(1, Math.floor((width - first) / 3));
  const parts = Array.from({ length: Math.max(1, Math.ceil(columns.length / atOnce)) }, (_, index) =>
    table(columns.slice(index * atOnce, (index + 1) * atOnce), false),
  );
  const outside = rows.flatMap((row) =>
    row.outside === "" ? [] : [wrapLines(`  ${row.from}: ${row.outside}`, width)],
  );
  return [
    ...parts.flatMap((part) => [...part, ""]),
    legend,
    ...(outside.length > 0 ? ["outside:", ...outside] : []),
    "",
  ];
}

/** One letter for each set of ports: the first of its own letters that is free. */
function lettersOf(ports: readonly string[]): Map<string, string> {
  const letters = new Map<string, string>();
  for (const text of [...new Set(ports)].toSorted()) {
    const free = `${text}abcdefghijklmnopqrstuvwxyz`
      .split("")
      .find((letter) => /[a-z]/.test(letter) && ![...letters.values()].includes(letter));
    letters.set(text, free ?? "?");
  }
  return letters;
}

/** By sender: stores, machines and other ranges, by the names the facts give them, with ports. */
function outsideText(cluster: Reachability): Map<string, string> {
  const bySender = Map.groupBy(outsideFlowsOf(cluster), ({ from }) => from);
  return new Map(
    [...bySender].map(([from, ways]) => [
      from,
      ways.map(({ to, ports }) => `${to} ${ports.replaceAll(",", " ")}`).join(", "),
    ]),
  );
}
