import { cidrsOf } from "../model/ranges.ts";
import type { PodClass } from "../network/network.ts";
import { outsideOf, summary } from "../network/outside.ts";
import { allPorts, difference, isEmpty, type PortSet, protocols } from "../network/ports.ts";
import type { Reachability } from "./reachability.ts";

/** Who may talk to whom inside a cluster, by names. */
export function flowsOf({ reach }: Reachability) {
  return [...reach.flows()].map(({ from, to, ports, maybe }) => ({
    from: label(from),
    to: label(to),
    ports: portsText(ports, to.ports),
    ...(isEmpty(maybe) ? {} : { dependsOnPlugin: portsText(maybe, to.ports) }),
  }));
}

/** Where pods of a cluster may connect to that is not a pod of it, by names and ranges. */
export function outsideFlowsOf({ network, reach, zones }: Reachability) {
  return network.pods
    .filter(({ expected }) => !expected)
    .flatMap((pod) =>
      summary(outsideOf(reach, pod), zones).map(({ to, opening }) => ({
        from: label(pod),
        to,
        ranges: cidrsOf(opening.ranges),
        ports: portsText(opening.ports),
      })),
    );
}

/** NAMESPACE/NAME of a class of pods; those that no object here describes are marked. */
export function label({ namespace, name, expected }: PodClass): string {
  return `${namespace}/${name}${expected ? "?" : ""}`;
}

/** Ports by the names the receiver gives them, where it does. */
export function portsText(set: PortSet, names: PodClass["ports"] = []): string {
  if (isEmpty(difference(allPorts, set))) return "all";
  return protocols
    .flatMap((protocol) =>
      (set[protocol] ?? []).map(([first, last]) => {
        const suffix = protocol.toLowerCase();
        if (first === 1 && last === 65535) return `all/${suffix}`;
        const named = names.find((port) => port.protocol === protocol && port.port === first)?.name;
        const text = first === last ? (named ?? String(first)) : `${first}-${last}`;
        return protocol === "TCP" ? text : `${text}/${suffix}`;
      }),
    )
    .join(",");
}
