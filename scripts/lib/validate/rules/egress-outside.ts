import { portsText } from "../../fleet/flows.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { reachabilityOf } from "../../fleet/reachability.ts";
import { linkLocal } from "../../fleet/zones.ts";
import { common } from "../../model/ranges.ts";
import { openedBy, type Zone } from "../../network/outside.ts";
import { parsePolicy } from "../../network/policy.ts";
import { difference, isEmpty, noPorts, type PortSet, union } from "../../network/ports.ts";
import type { Rule } from "../rule.ts";

/** Where the API server, and the gateway of a peer, answer on machines. */
const machinePorts: PortSet = {
  TCP: [
    [443, 443],
    [6443, 6443],
  ],
};

/** Of what is not a pod: what no policy opens, and why not. */
function isClosed({ name }: Zone): { but: PortSet; why: string } | undefined {
  if (name === linkLocal) return { but: noPorts, why: "the metadata service of the machines, with their credentials" };
  if (name === "nodes" || name.startsWith("nodes of "))
    return { but: machinePorts, why: "kubelets and whatever else listens on the machines" };
  if (name === "services") return { but: noPorts, why: "addresses of Services, behind which some plugins see pods" };
  return undefined;
}

export const egressOutside: Rule = {
  id: "egress-outside",
  severity: "error",
  needs: "clusters",
  holds:
    "No NetworkPolicy lets pods out to link-local addresses, to nodes at other ports than TCP 443 and 6443, or by a range to addresses of Services.",
  because:
    "Behind these are the rights of machines, and pods of others: what is open there is a way round every other policy (S-07).",
  *check(fleet) {
    const clusters = new Map(reachabilityOf(fleet).map((side) => [side.cluster, side]));
    for (const { cluster, object, at } of renderedObjects(fleet, "NetworkPolicy")) {
      const { reach, zones } = clusters.get(cluster)!;
      const openings = openedBy(reach, parsePolicy(object).policy.egress ?? []);
      for (const zone of zones) {
        const closed = isClosed(zone);
        if (closed === undefined) continue;
        const open = openings
          .filter(({ ranges }) => common(ranges, zone.ranges).length > 0)
          .reduce((sum, { ports }) => union(sum, difference(ports, closed.but)), noPorts);
        if (isEmpty(open)) continue;
        yield {
          ...at,
          message: `opens ${zone.name} (${portsText(open)}): ${closed.why}`,
          fix: "name the ranges that are meant in to, and except this one from ranges that hold it",
        };
      }
    }
  },
};
