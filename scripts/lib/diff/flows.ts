import { label, portsText } from "../fleet/flows.ts";
import type { Reachability } from "../fleet/reachability.ts";
import type { PodClass } from "../network/network.ts";
import { changesOutside, nameOf, outsideOf } from "../network/outside.ts";
import { difference, isEmpty, noPorts, type PortSet, union } from "../network/ports.ts";

/** A way that was open and is open still, at other ports. */
export interface ChangedFlow {
  /** CLUSTER: FROM -> TO. */
  flow: string;
  change: "different" | "narrower" | "wider";
  /** Ports. */
  before: string;
  after: string;
}

/** What differs in who may talk to whom. Flows are CLUSTER: FROM -> TO (PORTS). */
export interface FlowChanges {
  added: string[];
  removed: string[];
  changed: ChangedFlow[];
}

/** Ports that are surely open, and those that only some network plugins open. */
interface Ports {
  sure: PortSet;
  maybe: PortSet;
  names: PodClass["ports"];
}

/** Compares evaluations, not their texts: a way that is wider is one change, and what is opened is named as such. */
export function compareFlows(before: readonly Reachability[], after: readonly Reachability[]): FlowChanges {
  const changes: FlowChanges = { added: [], removed: [], changed: [] };
  const add = (flow: string, old: Ports, now: Ports) => {
    const [was, is] = [text(old), text(now)];
    if (was === is) return;
    if (was === "") changes.added.push(`${flow} (${is})`);
    else if (is === "") changes.removed.push(`${flow} (${was})`);
    else changes.changed.push({ flow, change: direction(old, now), before: was, after: is });
  };
  const clusters = [...new Set([...before, ...after].map(({ cluster }) => cluster))].toSorted();
  for (const cluster of clusters) {
    const [old, now] = [before, after].map((side) => side.find((one) => one.cluster === cluster));
    const [oldFlows, newFlows] = [inside(old), inside(now)];
    for (const flow of new Set([...oldFlows.keys(), ...newFlows.keys()]))
      add(`${cluster}: ${flow}`, oldFlows.get(flow) ?? nothing, newFlows.get(flow) ?? nothing);
    const { zones } = (now ?? old)!;
    const [oldPods, newPods] = [pods(old), pods(now)];
    for (const from of new Set([...oldPods.keys(), ...newPods.keys()]))
      for (const change of changesOutside(oldPods.get(from) ?? [], newPods.get(from) ?? []))
        add(
          `${cluster}: ${from} -> ${nameOf(change.ranges, zones)}`,
          { ...nothing, sure: change.before },
          { ...nothing, sure: change.after },
        );
  }
  return changes;
}

const nothing: Ports = { sure: noPorts, maybe: noPorts, names: [] };

function inside(side: Reachability | undefined): Map<string, Ports> {
  const flows = side === undefined ? [] : [...side.reach.flows()];
  return new Map(
    flows.map(({ from, to, ports, maybe }) => [
      `${label(from)} -> ${label(to)}`,
      { sure: ports, maybe, names: to.ports },
    ]),
  );
}

function pods(side: Reachability | undefined) {
  const own = side === undefined ? [] : side.network.pods.filter(({ expected }) => !expected);
  return new Map(own.map((pod) => [label(pod), outsideOf(side!.reach, pod)]));
}

function text({ sure, maybe, names }: Ports): string {
  const parts = [portsText(sure, names), isEmpty(maybe) ? "" : `on some plugins ${portsText(maybe, names)}`];
  return parts.filter((part) => part !== "").join("; ");
}

function direction(before: Ports, after: Ports): ChangedFlow["change"] {
  const holds = (a: Ports, b: Ports) =>
    isEmpty(difference(b.sure, a.sure)) && isEmpty(difference(union(b.sure, b.maybe), union(a.sure, a.maybe)));
  if (holds(after, before)) return "wider";
  return holds(before, after) ? "narrower" : "different";
}
