import { addTo } from "../../core/group.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { rangesMeanNodes } from "../../fleet/zones.ts";
import { parseCidr, type Range } from "../../model/cidr.ts";
import { common, without } from "../../model/ranges.ts";
import { parsePolicy } from "../../network/policy.ts";
import type { Rule } from "../rule.ts";

export const rangeMatch: Rule = {
  id: "range-match",
  severity: "error",
  needs: "clusters",
  holds:
    "A range in a NetworkPolicy is not one of a cluster's pods or Services, and one of its nodes only where the network plugin matches nodes by range.",
  because:
    "Plugins compare ranges with what is left once a Service's address is translated, and some with no pod or node at all: the policy reads as open and the connection is dropped.",
  *check(fleet) {
    const unmatched = new Map<string, string[]>();
    for (const { cluster, object, at } of renderedObjects(fleet, "NetworkPolicy")) {
      const { spec } = fleet.documents.clusters.get(cluster)!.document;
      const [pods, services, nodes] = [spec.cidrs.pods, spec.cidrs.services, spec.cidrs.nodes].map(rangesOf);
      const { policy } = parsePolicy(object);
      const peers = [...(policy.ingress ?? []), ...(policy.egress ?? [])].flatMap((rule) => rule.peers ?? []);
      const seen = new Set<string>();
      for (const peer of peers) {
        const key = JSON.stringify(peer);
        if (peer.kind !== "range" || seen.has(key)) continue;
        seen.add(key);
        const meant = without([peer.range], peer.except);
        // What reaches beyond the cluster may be meant for what is there.
        if (meant.length === 0 || without(meant, [...pods!, ...services!, ...nodes!]).length > 0) continue;
        if (without(meant, nodes!).length === 0) {
          if (!rangesMeanNodes(spec)) addTo(unmatched, cluster, at.object!);
        } else if (common(meant, services!).length > 0)
          yield {
            ...at,
            message: `names ${peer.cidr}, addresses of Services: no connection has one of them where policies are applied`,
            fix: "select the pods behind the Service, by namespaceSelector and podSelector",
          };
        else
          yield {
            ...at,
            message: `names ${peer.cidr}, addresses of pods: it depends on the network plugin whether that means them`,
            fix: "select the pods, by namespaceSelector and podSelector",
          };
      }
    }
    yield* withoutNodes(fleet, unmatched);
  },
};

/** Once a cluster, at its facts: that is where it is decided. */
function* withoutNodes({ documents, sources }: Fleet, unmatched: ReadonlyMap<string, readonly string[]>) {
  for (const [cluster, objects] of unmatched) {
    const { file, document } = documents.clusters.get(cluster)!;
    const others = objects.length > 1 ? ` and ${objects.length - 1} more` : "";
    yield {
      file,
      ...sources.locate(file, ["spec", "cni", "name"]),
      message: `${document.spec.cni.name} matches no range with nodes, and ${objects[0]}${others} name nodes by their range: the API server of ${cluster}, which runs on them, is out of reach`,
      fix: "set policyCIDRMatchMode to nodes in Cilium, and say so here: policyCIDRMatchMode: nodes below spec.cni",
    };
  }
}

function rangesOf(text: string): Range[] {
  const range = parseCidr(text);
  return typeof range === "string" ? [] : [range];
}
