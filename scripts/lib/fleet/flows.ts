import type { PodClass } from "../network/network.ts";
import { isEmpty, type PortSet, protocols } from "../network/ports.ts";
import { outsideOf, type Reachability } from "./reachability.ts";

/** Who may talk to whom inside a cluster, by names. */
export function flowsOf({ reach }: Reachability) {
  return [...reach.flows()].map(({ from, to, ports, maybe }) => ({
    from: label(from),
    to: label(to),
    ports: portsText(ports, to),
    ...(isEmpty(maybe) ? {} : { dependsOnPlugin: portsText(maybe, to) }),
  }));
}

/** Every flow that is allowed, a line each: CLUSTER: FROM -> TO (PORTS). For comparing two fleets. */
export function flowsText(cluster: Reachability): string[] {
  const inside = flowsOf(cluster).map(({ from, to, ports }) => `${cluster.cluster}: ${from} -> ${to} (${ports})`);
  const outside = outsideOf(cluster).map(
    ({ from, cidr, ports }) => `${cluster.cluster}: ${label(from)} -> ${cidr} (${ports.join(",")})`,
  );
  return [...inside, ...outside];
}

/** NAMESPACE/NAME of a class of pods; those that no object here describes are marked. */
export function label({ namespace, name, expected }: PodClass): string {
  return `${namespace}/${name}${expected ? "?" : ""}`;
}

/** Ports by the names the receiver gives them, where it does. */
export function portsText(set: PortSet, { ports, expected }: PodClass): string {
  if (
    expected &&
    protocols.every((protocol) => (set[protocol] ?? []).every(([first, last]) => first === 1 && last === 65535))
  )
    return "all";
  return protocols
    .flatMap((protocol) =>
      (set[protocol] ?? []).map(([first, last]) => {
        const named = ports.find((port) => port.protocol === protocol && port.port === first)?.name;
        const text =
          first === last ? (named ?? String(first)) : first === 1 && last === 65535 ? "all" : `${first}-${last}`;
        return protocol === "TCP" ? text : `${text}/${protocol.toLowerCase()}`;
      }),
    )
    .join(",");
}
