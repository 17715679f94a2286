import { createColors } from "picocolors";

import { wrapLines } from "../core/wrap.ts";
import { flowsOf, label, outsideFlowsOf, portsText } from "../fleet/flows.ts";
import type { Reachability } from "../fleet/reachability.ts";
import type { Format } from "./format.ts";
import { matrices, matrixLines } from "./matrix.ts";
import type { Look } from "./table.ts";

/** Who may talk to whom, for people or as JSON. */
export function reachabilityReport(clusters: readonly Reachability[], format: Format, look: Look): string {
  return format === "json" ? reachabilityJson(clusters) : reachabilityText(clusters, look);
}

/** Who may talk to whom: a matrix a namespace, senders in rows. The same fleet gives the same text. */
function reachabilityText(clusters: readonly Reachability[], look: Look): string {
  const paint = createColors(look.colour);
  const wrap = (line: string) => wrapLines(line, look.width);
  return clusters
    .map((cluster) => {
      const { tenants, leaks, assumptions, unproven } = cluster;
      const table = matrices(cluster).flatMap((matrix) => matrixLines(matrix, look.width));
      const verdict =
        tenants.length === 0
          ? "no tenants"
          : leaks.length === 0
            ? paint.green(wrap(`no pod of a tenant reaches another's, whatever its labels (${tenants.join(", ")})`))
            : paint.red(`${leaks.length} ways from one tenant to another`);
      return [
        paint.bold(cluster.cluster),
        "",
        ...table,
        ...dnsLine(cluster).map(wrap),
        verdict,
        ...leaks.map(({ from, to, out, into }) => wrap(`  ${from} -> ${to} (${out}, ${into})`)),
        paint.dim("provided that:"),
        ...assumptions.map((line) => paint.dim(wrap(`  ${line}`))),
        paint.dim("not proven:"),
        ...unproven.map((line) => paint.dim(wrap(`  ${line}`))),
        "",
      ].join("\n");
    })
    .join("\n");
}

/** The same for programs. */
const reachabilityJson = (clusters: readonly Reachability[]) =>
  `${JSON.stringify(clusters.map(reachabilityData), null, 2)}\n`;

/** Who may talk to whom in a cluster, by names. */
export function reachabilityData(reachability: Reachability) {
  const { cluster, tenants, leaks, assumptions, unproven } = reachability;
  return {
    cluster,
    tenants,
    isolated: leaks.length === 0,
    leaks,
    flows: flowsOf(reachability),
    outside: outsideFlowsOf(reachability),
    assumptions,
    unproven,
  };
}

/** What the pods of every closed namespace are allowed alike. */
function dnsLine({ reach }: Reachability): string[] {
  const all = [...reach.flows()].filter(({ to }) => to.expected && to.name === "kube-dns");
  return all.length === 0
    ? []
    : [`all of them reach ${label(all[0]!.to)} at ${portsText(all[0]!.ports, all[0]!.to.ports)}`];
}
