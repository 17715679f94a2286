import { UsageError } from "../core/errors.ts";
import { textsIn } from "../core/json.ts";
import { overlaps, parseCidr, type Range } from "../model/cidr.ts";
import { cidrsOf } from "../model/ranges.ts";
import type { Content } from "../repo/content.ts";

/** The address ranges of one cluster. */
export interface ClusterRanges {
  nodes: string;
  pods: string;
  services: string;
  /** Subnets of managed stores: beside the nodes, in no range of the cluster itself. */
  stores: string;
}

/**
 * A cluster's block is a /15, of which there are 128: in its first half 32,768 addresses for nodes, subnets beside them, and 16,384 for
 * Services; in the second 65,536 for pods.
 */
const blockLength = 15;
const blockSize = 2 ** (32 - blockLength);
/** Private addresses that the platform gives out (RFC 1918, the largest of the three). */
const pool: Range = parseCidr("10.0.0.0/8") as Range;

/**
 * Ranges for one more cluster, of the first block that touches no range of any facts: those of clusters, of their peers,
 * backups, relays and staff, and those that customers had who have left. Clusters see each other over VPNs and peerings,
 * whoever runs them, so no model has ranges of its own.
 */
export function freeRanges(
  content: Content,
  /** How many free blocks others take that are new as well. */
  before = 0,
): ClusterRanges {
  const taken = takenRanges(content);
  let left = before;
  for (let first = pool.first; first <= pool.last; first += blockSize) {
    if (taken.some((range) => overlaps(range, { first, last: first + blockSize - 1 }))) continue;
    if (left === 0) return rangesAt(first);
    left--;
  }
  throw new UsageError(
    "no block of twice 65,536 addresses is free in 10.0.0.0/8: give spec.cidrs in the file of --from, or retire a cluster",
  );
}

/** First addresses of a block and how long they are. */
export function rangesAt(first: number): ClusterRanges {
  const range = (offset: number, length: number): string =>
    cidrsOf([{ first: first + offset, last: first + offset + 2 ** (32 - length) - 1 }])[0]!;
  const half = 2 ** 16;
  return {
    nodes: range(0, 17),
    stores: range(half / 2, 20),
    services: range((half / 4) * 3, 18),
    pods: range(half, 16),
  };
}

/** Where the block of a cluster begins, by the range of its nodes. */
export function blockOf(nodes: string): Range | undefined {
  const range = parseCidr(nodes);
  if (typeof range === "string") return undefined;
  const first = range.first - (range.first % blockSize);
  return { first, last: first + blockSize - 1 };
}

/** Every range that some facts name. */
export function takenRanges({ documents }: Content): Range[] {
  const named = [...documents.clusters.values(), ...documents.tombstones.values()].flatMap(({ document }) => [
    ...textsIn(document.spec),
  ]);
  return named.map(parseCidr).filter((range) => typeof range !== "string");
}
