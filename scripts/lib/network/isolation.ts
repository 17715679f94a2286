import { addTo } from "../core/group.ts";
import type { Reach } from "./network.ts";
import type { Policy, PolicyRule } from "./policy.ts";

/** Two namespaces of different tenants between which some pod, with whatever labels, could talk. */
export interface Leak {
  from: string;
  to: string;
  /** The policies that let it out and in; "no policy" where nothing closes the namespace. */
  out: string;
  into: string;
}

/** Where the rules of a namespace may lead: names, or anywhere. Each with the policy that says so. */
type Ends = { all: string } | Map<string, string>;

/**
 * Looks for two tenants of which one could reach the other, whatever pods they run and whatever labels these carry: a
 * pod gets all that any policy of its namespace allows, unless a policy for all pods closes it. Ports are not looked
 * at. At most so many leaks a namespace are named.
 */
export function findLeaks(reach: Reach, tenants: readonly string[], most = 3): Leak[] {
  const isTenant = new Set(tenants);
  const out = new Map(tenants.map((name) => [name, endsOf(reach, name, "egress", isTenant)]));
  const into = new Map(tenants.map((name) => [name, endsOf(reach, name, "ingress", isTenant)]));
  const openTo = tenants.filter((name) => !(into.get(name) instanceof Map));
  const listed = new Map<string, string[]>();
  for (const [to, ends] of into) if (ends instanceof Map) for (const from of ends.keys()) addTo(listed, from, to);
  const leaks: Leak[] = [];
  for (const from of tenants) {
    const ends = out.get(from)!;
    const candidates = ends instanceof Map ? [...ends.keys()] : [...(listed.get(from) ?? []), ...openTo];
    let found = 0;
    for (const to of candidates) {
      if (to === from || found === most) continue;
      const back = into.get(to)!;
      const entry = back instanceof Map ? back.get(from) : back.all;
      if (entry === undefined) continue;
      leaks.push({ from, to, out: ends instanceof Map ? ends.get(to)! : ends.all, into: entry });
      found++;
    }
  }
  return leaks;
}

function endsOf(reach: Reach, namespace: string, direction: "ingress" | "egress", isTenant: ReadonlySet<string>): Ends {
  const policies = reach.policiesIn(namespace).filter((policy) => policy[direction] !== undefined);
  const closed = policies.some(({ selector }) => Object.keys(selector).length === 0);
  if (!closed) return { all: "no policy" };
  const ends = new Map<string, string>();
  for (const policy of policies) {
    for (const rule of policy[direction]!) {
      const names = ruleEnds(reach, policy, rule);
      if (names === "all") return { all: policy.name };
      for (const name of names) if (isTenant.has(name)) ends.set(name, policy.name);
    }
  }
  return ends;
}

function ruleEnds(reach: Reach, { namespace }: Policy, { peers }: PolicyRule): "all" | string[] {
  if (peers === undefined) return "all";
  const found: string[] = [];
  for (const peer of peers) {
    if (peer.kind === "range") {
      if (reach.touchesPods(peer)) return "all";
    } else if (peer.namespaces === undefined) found.push(namespace);
    else if (Object.keys(peer.namespaces).length === 0) return "all";
    else found.push(...reach.namespacesOf(peer.namespaces));
  }
  return found;
}
