import type { JsonPath } from "../core/json.ts";
import type { Cluster } from "./generated.ts";

/** An address range in the facts of a cluster. */
export interface ClusterRange {
  /** Of what: nodes, pods, services or stores. */
  name: string;
  /** Where it stands in the document. */
  path: JsonPath;
  text: string;
}

/** Every address range that a cluster's facts give it: its own, and those of its managed stores. */
export function clusterRanges({ spec }: Cluster): ClusterRange[] {
  return [
    ...Object.entries(spec.cidrs).map(([name, text]) => ({ name, path: ["spec", "cidrs", name], text })),
    ...(spec.stores.cidrs ?? []).map((text, index) => ({
      name: "stores",
      path: ["spec", "stores", "cidrs", index],
      text,
    })),
  ];
}
