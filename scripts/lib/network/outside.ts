import type { Range } from "../model/cidr.ts";
import { allAddresses, cidrsOf, common, joined, without } from "../model/ranges.ts";
import { type Reach, resolvePorts } from "./network.ts";
import type { PodClass } from "./network.ts";
import type { PolicyRule } from "./policy.ts";
import { allPorts, difference, intersection, isEmpty, noPorts, type PortSet, union } from "./ports.ts";

/** A part of all addresses that are not of pods, with a name that people know it by. */
export interface Zone {
  name: string;
  ranges: readonly Range[];
}

/** Addresses at which the same ports are open. */
export interface Opening {
  ranges: readonly Range[];
  ports: PortSet;
}

/** Name of everything that is not a pod of the cluster. */
const anything = "anything outside";

/** What a pod may connect to that is not a pod: by the policies that select it, or everything where none closes it. */
export function outsideOf(reach: Reach, pod: PodClass): Opening[] {
  const { isolated, rules } = reach.egressOf(pod);
  return isolated
    ? openedBy(
        reach,
        rules.map(({ rule }) => rule),
      )
    : [{ ranges: outsideOfPods(reach), ports: allPorts }];
}

/** What egress rules open that is not a pod: disjoint, in order of the first address, each set of ports once. */
export function openedBy(reach: Reach, rules: readonly PolicyRule[]): Opening[] {
  const all = outsideOfPods(reach);
  const parts = rules.flatMap(({ peers, ports }): Opening[] => {
    const ranges =
      peers === undefined
        ? all
        : peers.flatMap((peer) => (peer.kind === "range" ? without([peer.range], peer.except) : []));
    // What a machine elsewhere calls its ports nobody knows; a plugin may take the number that any pod gives the name.
    return [{ ranges: common(all, ranges), ports: resolvePorts(ports, reach.namedPorts) }];
  });
  return overlay(parts.map(({ ranges, ports }) => ({ ranges, value: ports }))).reduce<Opening[]>(
    (found, { range, values }) => addTo(found, range, values.reduce(union, noPorts)),
    [],
  );
}

function addTo(openings: Opening[], range: Range, ports: PortSet): Opening[] {
  if (isEmpty(ports)) return openings;
  const same = openings.find((opening) => JSON.stringify(opening.ports) === JSON.stringify(ports));
  if (same === undefined) return [...openings, { ranges: [range], ports }];
  return openings.map((opening) =>
    opening === same ? { ranges: joined([...opening.ranges, range]), ports: opening.ports } : opening,
  );
}

const outsides = new WeakMap<Reach, readonly Range[]>();

/** Cut out once a cluster: every policy asks for it. */
function outsideOfPods(reach: Reach): readonly Range[] {
  let found = outsides.get(reach);
  if (found === undefined) outsides.set(reach, (found = without([allAddresses], reach.podRanges)));
  return found;
}

/** Cuts sets of addresses where any of them begins or ends: pieces, each with the values of all sets it lies in. */
function overlay<T>(sets: readonly { ranges: readonly Range[]; value: T }[]): { range: Range; values: T[] }[] {
  const cuts = new Set(sets.flatMap(({ ranges }) => ranges.flatMap(({ first, last }) => [first, last + 1])));
  const sorted = [...cuts].toSorted((a, b) => a - b);
  return sorted.slice(0, -1).map((first, index) => {
    const values = sets.filter(({ ranges }) => ranges.some((range) => range.first <= first && first <= range.last));
    return { range: { first, last: sorted[index + 1]! - 1 }, values: values.map(({ value }) => value) };
  });
}

/** Openings for people: what is open everywhere once, the rest by name of the zone. */
export function summary(openings: readonly Opening[], zones: readonly Zone[]): { to: string; opening: Opening }[] {
  const all = joined(zones.flatMap(({ ranges }) => ranges));
  const isAll = without(all, joined(openings.flatMap(({ ranges }) => ranges))).length === 0;
  const everywhere = isAll ? openings.map(({ ports }) => ports).reduce(intersection, allPorts) : noPorts;
  const rest = openings.flatMap(({ ranges, ports }) => {
    const more = difference(ports, everywhere);
    return isEmpty(more) ? [] : [{ ranges, ports: more }];
  });
  return [...(isEmpty(everywhere) ? [] : [{ ranges: all, ports: everywhere }]), ...rest].map((opening) => ({
    to: nameOf(opening.ranges, zones),
    opening,
  }));
}

/** What addresses are called: names of whole zones, of others the ranges. */
export function nameOf(ranges: readonly Range[], zones: readonly Zone[]): string {
  const parts = zones.flatMap((zone) => {
    const inside = common(zone.ranges, ranges);
    if (inside.length === 0) return [];
    const missing = without(zone.ranges, inside);
    if (missing.length === 0) return [zone.name];
    const [listed, except] = [cidrsOf(inside), cidrsOf(missing)];
    return [listed.length <= except.length ? listed.join(", ") : `${zone.name} except ${except.join(", ")}`];
  });
  const isAll = parts.length === zones.length && parts.every((part, index) => part === zones[index]!.name);
  return isAll ? anything : parts.join(", ");
}

/** What differs between two evaluations: addresses by the ports that were open there and those that are. */
export function changesOutside(
  before: readonly Opening[],
  after: readonly Opening[],
): { ranges: readonly Range[]; before: PortSet; after: PortSet }[] {
  const sets = [
    ...before.map(({ ranges, ports }) => ({ ranges, value: { before: ports, after: noPorts } })),
    ...after.map(({ ranges, ports }) => ({ ranges, value: { before: noPorts, after: ports } })),
  ];
  const found = new Map<string, { ranges: Range[]; before: PortSet; after: PortSet }>();
  for (const { range, values } of overlay(sets)) {
    const change = {
      before: values.map((value) => value.before).reduce(union, noPorts),
      after: values.map((value) => value.after).reduce(union, noPorts),
    };
    const key = JSON.stringify(change);
    if (JSON.stringify(change.before) === JSON.stringify(change.after)) continue;
    const known = found.get(key) ?? { ranges: [], ...change };
    found.set(key, { ...known, ranges: joined([...known.ranges, range]) });
  }
  return [...found.values()];
}
