import { parseCidr, type Range } from "../model/cidr.ts";
import { clusterRanges } from "../model/cluster-ranges.ts";
import type { Cluster } from "../model/generated.ts";
import { allAddresses, without } from "../model/ranges.ts";
import type { Zone } from "../network/outside.ts";

/** Where machines answer that are only for what runs on them, as the metadata service of a cloud. */
export const linkLocal = "link-local";

/** Ranges that no facts of a cluster need to name. */
const wellKnown: readonly (readonly [name: string, ranges: readonly string[]])[] = [
  [linkLocal, ["169.254.0.0/16"]],
  ["other private addresses", ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]],
];

/** What is not a pod of a cluster: every other address is in exactly one of these. */
export function zonesOf(document: Cluster): Zone[] {
  const { peer } = document.spec;
  const facts = [
    ...clusterRanges(document).map(({ name, text }) => [name, [text]] as const),
    ...(peer === undefined ? [] : [[`nodes of ${peer.cluster}`, [peer.nodes]] as const]),
    ...wellKnown,
  ];
  const zones = new Map<string, Range[]>();
  let left: Range[] = [allAddresses];
  for (const [name, texts] of facts.toSorted(([a], [b]) => Number(b === "pods") - Number(a === "pods"))) {
    const ranges = texts.map(parseCidr).filter((range) => typeof range !== "string");
    const rest = without(left, ranges);
    const own = without(left, rest);
    left = rest;
    if (name !== "pods" && own.length > 0) zones.set(name, [...(zones.get(name) ?? []), ...own]);
  }
  zones.set("internet", left);
  return [...zones].map(([name, ranges]) => ({ name, ranges }));
}

/**
 * Whether what a policy opens by the range of the nodes can be what is meant: the API server on them. Cilium matches no
 * range with a node unless told to; a provider's API server has an address there and is no node.
 */
export function rangesMeanNodes({ cni, provider }: Cluster["spec"]): boolean {
  return cni.name !== "cilium" || cni.policyCIDRMatchMode === "nodes" || provider === "aws";
}
