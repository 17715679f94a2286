import { addTo } from "../core/group.ts";
import { canonical, type JsonObject } from "../core/json.ts";
import type { Range } from "../model/cidr.ts";
import { selects } from "../model/selector.ts";
import type { Peer, Policy, PolicyRule, Port, Protocol } from "./policy.ts";
import { allPorts, difference, intersection, isEmpty, noPorts, type PortSet, union } from "./ports.ts";

type Labels = Readonly<Record<string, string>>;

/** Pods that no policy can tell apart: of one namespace, with the same labels and ports. */
export interface PodClass {
  namespace: string;
  name: string;
  labels: Labels;
  ports: readonly { name: string | undefined; protocol: Protocol; port: number }[];
  /** Pods that are not rendered here, known only from policies that expect them: what their own policies say is not. */
  expected: boolean;
}

/** What of a cluster decides who reaches whom. */
export interface Network {
  /** Labels of each namespace; kubernetes.io/metadata.name is added. */
  namespaces: ReadonlyMap<string, Labels>;
  pods: readonly PodClass[];
  policies: readonly Policy[];
  /** Where pods have their addresses: a range of a policy that touches these may or may not mean pods. */
  podRanges: readonly Range[];
}

/** One pair of classes between which something is allowed. */
export interface Flow {
  from: PodClass;
  to: PodClass;
  /** Surely allowed, and only by some network plugins: a range of a policy covers addresses of pods. */
  ports: PortSet;
  maybe: PortSet;
}

/** Who is at the other end of a rule: some pods, or everybody. */
export interface Side {
  isolated: boolean;
  rules: { rule: PolicyRule; namespace: string }[];
}

/** Answers questions about one network. Everything is resolved by index: its cost grows with what is allowed. */
export class Reach {
  readonly #network: Network;
  readonly #byNamespace: Map<string, number[]>;
  readonly #policies: Map<string, Policy[]>;
  readonly #namespaceSets = new Map<string, string[]>();
  readonly #peerSets = new Map<string, readonly number[]>();
  readonly #sides = new Map<string, Side>();
  #named: Pick<PodClass, "ports" | "expected"> | undefined;

  constructor(network: Network) {
    this.#network = network;
    const ids = network.pods.map((_, id) => id);
    this.#byNamespace = Map.groupBy(ids, (id) => network.pods[id]!.namespace);
    this.#policies = Map.groupBy(network.policies, ({ namespace }) => namespace);
  }

  /** Every pair that may talk, once, in the order of the pods. A pod reaches itself without a network. */
  *flows(): Iterable<Flow> {
    const { pods } = this.#network;
    const open: number[] = [];
    const reverse = new Map<number, number[]>();
    const outgoing = pods.map((_, from) => this.#others(from, "egress"));
    for (const [from, others] of outgoing.entries()) {
      if (others === "all") open.push(from);
      else for (const to of others) addTo(reverse, to, from);
    }
    for (const to of pods.keys()) {
      const incoming = this.#others(to, "ingress");
      const candidates =
        incoming === "all"
          ? [...(reverse.get(to) ?? []), ...open]
          : [...incoming].filter((from) => {
              const others = outgoing[from]!;
              return others === "all" || others.has(to);
            });
      for (const from of candidates.toSorted((a, b) => a - b)) {
        if (from === to) continue;
        const flow = this.#flow(from, to);
        if (flow !== undefined) yield flow;
      }
    }
  }

  #flow(from: number, to: number): Flow | undefined {
    const { pods } = this.#network;
    const out = this.#allowed(from, to, "egress");
    const into = this.#allowed(from, to, "ingress");
    const ports = intersection(out.sure, into.sure);
    const maybe = difference(intersection(union(out.sure, out.maybe), union(into.sure, into.maybe)), ports);
    return isEmpty(ports) && isEmpty(maybe) ? undefined : { from: pods[from]!, to: pods[to]!, ports, maybe };
  }

  /** Ports at the destination that one end allows. */
  #allowed(from: number, to: number, direction: "ingress" | "egress"): { sure: PortSet; maybe: PortSet } {
    const [own, other] = direction === "egress" ? [from, to] : [to, from];
    const side = this.#side(own, direction);
    if (!side.isolated) return { sure: allPorts, maybe: noPorts };
    const destination = this.#network.pods[to]!;
    let sure: PortSet = noPorts;
    let maybe: PortSet = noPorts;
    for (const { rule, namespace } of side.rules) {
      const match = this.#matches(rule, namespace, other);
      if (match === "no") continue;
      const ports = resolvePorts(rule.ports, destination);
      if (match === "yes") sure = union(sure, ports);
      else maybe = union(maybe, ports);
    }
    return { sure, maybe };
  }

  #matches({ peers }: PolicyRule, namespace: string, pod: number): "yes" | "no" | "maybe" {
    if (peers === undefined) return "yes";
    let verdict: "no" | "maybe" = "no";
    for (const peer of peers) {
      if (peer.kind === "range") {
        if (this.touchesPods(peer)) verdict = "maybe";
      } else if (this.#isPeer(peer, namespace, pod)) return "yes";
    }
    return verdict;
  }

  #isPeer(peer: Extract<Peer, { kind: "pods" }>, namespace: string, pod: number): boolean {
    const { labels, namespace: own } = this.#network.pods[pod]!;
    const inNamespace = peer.namespaces === undefined ? own === namespace : selects(peer.namespaces, this.#labels(own));
    return inNamespace && selects(peer.pods, labels);
  }

  /** Classes that rules of a pod name at the other end; "all" where it may be any. */
  #others(pod: number, direction: "ingress" | "egress"): "all" | Set<number> {
    const side = this.#side(pod, direction);
    if (!side.isolated) return "all";
    const found = new Set<number>();
    for (const { rule, namespace } of side.rules) {
      if (rule.peers === undefined) return "all";
      for (const peer of rule.peers) {
        if (peer.kind === "range") {
          if (this.touchesPods(peer)) return "all";
        } else for (const id of this.#peers(peer, namespace)) found.add(id);
      }
    }
    return found;
  }

  #peers(peer: Extract<Peer, { kind: "pods" }>, namespace: string): readonly number[] {
    const key = `${peer.namespaces === undefined ? `=${namespace}` : canonical(peer.namespaces)} ${canonical(peer.pods)}`;
    let found = this.#peerSets.get(key);
    if (found === undefined) {
      const namespaces = peer.namespaces === undefined ? [namespace] : this.namespacesOf(peer.namespaces);
      found = namespaces.flatMap((name) =>
        (this.#byNamespace.get(name) ?? []).filter((id) => selects(peer.pods, this.#network.pods[id]!.labels)),
      );
      this.#peerSets.set(key, found);
    }
    return found;
  }

  #side(pod: number, direction: "ingress" | "egress"): Side {
    return this.#sideOf(this.#network.pods[pod]!, direction);
  }

  /** What the policies that select a pod let it connect to. */
  egressOf(pod: PodClass): Side {
    return this.#sideOf(pod, "egress");
  }

  #sideOf({ namespace, labels, expected }: PodClass, direction: "ingress" | "egress"): Side {
    if (expected) return { isolated: false, rules: [] };
    const key = `${direction} ${namespace} ${canonical(labels)}`;
    let side = this.#sides.get(key);
    if (side === undefined) {
      const own = (this.#policies.get(namespace) ?? []).filter(
        (policy) => policy[direction] !== undefined && selects(policy.selector, labels),
      );
      const rules = own.flatMap((policy) => policy[direction]!.map((rule) => ({ rule, namespace })));
      side = { isolated: own.some(({ transient }) => transient !== true), rules };
      this.#sides.set(key, side);
    }
    return side;
  }

  /** Whether a range covers an address that a pod may have. */
  touchesPods({ range, except }: Extract<Peer, { kind: "range" }>): boolean {
    return this.#network.podRanges.some((pods) => {
      const first = Math.max(range.first, pods.first);
      const last = Math.min(range.last, pods.last);
      return first <= last && !isCovered(first, last, except);
    });
  }

  /** Names of the namespaces a selector picks. By name it is looked up, else each is asked. */
  namespacesOf(selector: JsonObject): readonly string[] {
    const key = canonical(selector);
    let found = this.#namespaceSets.get(key);
    if (found === undefined) {
      const { matchLabels, ...rest } = selector;
      const labels = Object.entries((matchLabels ?? {}) as Labels);
      const name = labels.find(([label]) => label === nameLabel)?.[1];
      const { namespaces } = this.#network;
      const candidates = name === undefined ? [...namespaces.keys()] : namespaces.has(name) ? [name] : [];
      const isExact = name !== undefined && labels.length === 1 && Object.keys(rest).length === 0;
      found = isExact ? candidates : candidates.filter((candidate) => selects(selector, this.#labels(candidate)));
      this.#namespaceSets.set(key, found);
    }
    return found;
  }

  #labels(namespace: string): Labels {
    return { ...this.#network.namespaces.get(namespace), [nameLabel]: namespace };
  }

  get podRanges(): readonly Range[] {
    return this.#network.podRanges;
  }

  /** A destination with every port that any pod has a name for. */
  get namedPorts(): Pick<PodClass, "ports" | "expected"> {
    return (this.#named ??= { ports: this.#network.pods.flatMap(({ ports }) => ports), expected: false });
  }

  policiesIn(namespace: string): readonly Policy[] {
    return this.#policies.get(namespace) ?? [];
  }
}

/** The one label of a namespace that nobody can forge: the API server sets it. */
export const nameLabel = "kubernetes.io/metadata.name";

function isCovered(first: number, last: number, ranges: readonly Range[]): boolean {
  let next = first;
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    if (range.first > next) break;
    next = Math.max(next, range.last + 1);
  }
  return next > last;
}

/** Ports of a rule as numbers of one destination: a name means what its containers call so. */
export function resolvePorts(
  ports: readonly Port[] | undefined,
  destination: Pick<PodClass, "ports" | "expected">,
): PortSet {
  if (ports === undefined) return allPorts;
  return ports.reduce<PortSet>((sum, { protocol, port, endPort }) => {
    if (port === undefined) return union(sum, { [protocol]: [[1, 65535]] });
    if (typeof port === "number") return union(sum, { [protocol]: [[port, endPort ?? port]] });
    const named = destination.ports.filter((own) => own.name === port && own.protocol === protocol);
    // What a pod that is not here calls its ports is not known: any of them may be meant.
    if (destination.expected) return union(sum, { [protocol]: [[1, 65535]] });
    return named.reduce((all, own) => union(all, { [protocol]: [[own.port, own.port]] }), sum);
  }, noPorts);
}
