import { createColors } from "picocolors";

import { flowsOf, label, outsideFlowsOf, portsText } from "../fleet/flows.ts";
import type { Reachability } from "../fleet/reachability.ts";
import { isEmpty } from "../network/ports.ts";
import type { Format } from "./format.ts";

/** Who may talk to whom, for people or as JSON. */
export function reachabilityReport(clusters: readonly Reachability[], format: Format, colour: boolean): string {
  return format === "json" ? reachabilityJson(clusters) : reachabilityText(clusters, colour);
}

/** Who may talk to whom: a matrix a namespace, senders in rows. The same fleet gives the same text. */
function reachabilityText(clusters: readonly Reachability[], colour: boolean): string {
  const paint = createColors(colour);
  return clusters
    .map((cluster) => {
      const { tenants, leaks, assumptions, unproven } = cluster;
      const table = matrices(cluster).flatMap(matrixLines);
      const verdict =
        tenants.length === 0
          ? "no tenants"
          : leaks.length === 0
            ? paint.green(`no pod of a tenant reaches another's, whatever its labels (${tenants.join(", ")})`)
            : paint.red(`${leaks.length} ways from one tenant to another`);
      return [
        paint.bold(cluster.cluster),
        "",
        ...table,
        ...dnsLine(cluster),
        verdict,
        ...leaks.map(({ from, to, out, into }) => `  ${from} -> ${to} (${out}, ${into})`),
        paint.dim("provided that:"),
        ...assumptions.map((line) => paint.dim(`  ${line}`)),
        paint.dim("not proven:"),
        ...unproven.map((line) => paint.dim(`  ${line}`)),
        "",
      ].join("\n");
    })
    .join("\n");
}

/** The same for programs. */
function reachabilityJson(clusters: readonly Reachability[]): string {
  const data = clusters.map((cluster) => ({
    cluster: cluster.cluster,
    tenants: cluster.tenants,
    isolated: cluster.leaks.length === 0,
    leaks: cluster.leaks,
    flows: flowsOf(cluster),
    outside: outsideFlowsOf(cluster),
    assumptions: cluster.assumptions,
    unproven: cluster.unproven,
  }));
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** What one sender may do: reach pods of the namespace in question, and what lies outside the cluster's pods. */
interface Row {
  from: string;
  /** Ports by the receiver's column. */
  cells: Map<number, string>;
  outside: string;
}

/** A matrix for each namespace whose pods receive or send something: rows are senders, columns numbered receivers. */
function matrices(cluster: Reachability): { namespace: string; receivers: string[]; rows: Row[] }[] {
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

function matrixLines({ namespace, receivers, rows }: ReturnType<typeof matrices>[number]): string[] {
  const letters = lettersOf(rows.flatMap(({ cells }) => [...cells.values()]));
  const number = (name: string) => receivers.indexOf(name) + 1;
  const heads = rows.map(({ from }) => `${number(from) === 0 ? "  " : String(number(from)).padStart(2)} ${from}`);
  const width = Math.max(namespace.length, ...heads.map((head) => head.length));
  const columns = receivers.map((_, index) => index + 1);
  const line = (head: string, cell: (column: number) => string, rest: string) =>
    `${head.padEnd(width)} ${columns.map((column) => cell(column).padStart(2)).join(" ")}  ${rest}`.trimEnd();
  return [
    line(namespace, String, "outside"),
    ...rows.map(({ cells, outside }, index) =>
      line(heads[index]!, (column) => letters.get(cells.get(column) ?? "") ?? "·", outside),
    ),
    [...letters].map(([ports, letter]) => `${letter} ${ports}`).join(", "),
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

/** What the pods of every closed namespace are allowed alike. */
function dnsLine({ reach }: Reachability): string[] {
  const all = [...reach.flows()].filter(({ to }) => to.expected && to.name === "kube-dns");
  return all.length === 0
    ? []
    : [`all of them reach ${label(all[0]!.to)} at ${portsText(all[0]!.ports, all[0]!.to.ports)}`];
}
