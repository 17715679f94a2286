import { at, canonical, listAt, objectAt, stringAt } from "../core/json.ts";
import { parseCidr, type Range } from "../model/cidr.ts";
import { clusterRanges } from "../model/cluster-ranges.ts";
import { containers } from "../model/pods.ts";
import { selects } from "../model/selector.ts";
import { findLeaks, type Leak } from "../network/isolation.ts";
import { nameLabel, type Network, type PodClass, Reach } from "../network/network.ts";
import { parsePolicy, type Policy, type PolicyRule, type Protocol } from "../network/policy.ts";
import type { Application } from "../render/application.ts";
import type { Fleet } from "./fleet.ts";
import { appliedObjects, type DeployedObject } from "./objects.ts";
import { tenantPartOf } from "./ownership.ts";

/** Policies of other kinds come before, after or instead of NetworkPolicies: with one of them nothing is proven. */
const otherPolicies =
  /^(cilium\.io|crd\.projectcalico\.org|projectcalico\.org|policy\.networking\.k8s\.io|crd\.antrea\.io)$/;

/** Namespaces that every cluster has, beside those that are rendered. */
const builtin = ["kube-system"];

/** Who may talk to whom in one cluster, and what is not known. */
export interface Reachability {
  cluster: string;
  network: Network;
  reach: Reach;
  /** Namespaces of tenants, sorted. */
  tenants: string[];
  leaks: Leak[];
  /** Names of the ranges that the facts know, by range. */
  ranges: ReadonlyMap<string, string>;
  /** What the proof rests on, and what it can't see: sentences. */
  assumptions: string[];
  unproven: string[];
}

/** Looks at the rendered policies of every cluster that was expanded. */
export function reachabilityOf(fleet: Fleet): Reachability[] {
  const applications = Map.groupBy(fleet.applications, ({ cluster }) => cluster);
  const objects = Map.groupBy(appliedObjects(fleet), ({ cluster }) => cluster);
  return [...applications]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([cluster, own]) => ofCluster(fleet, cluster, own, objects.get(cluster) ?? []));
}

function ofCluster(
  fleet: Fleet,
  cluster: string,
  applications: readonly Application[],
  own: readonly DeployedObject[],
): Reachability {
  const { document } = fleet.documents.clusters.get(cluster)!;
  const { cidrs, cni } = document.spec;
  const policies = own
    .filter(({ id }) => id.kind === "NetworkPolicy")
    .map(({ object, hooks }) => ({ ...parsePolicy(object).policy, transient: hooks.length > 0 }));
  const namespaces = new Map(builtin.map((name): [string, Record<string, string>] => [name, {}]));
  const tenants: string[] = [];
  for (const { application, id, object } of own) {
    if (id.kind !== "Namespace") continue;
    namespaces.set(id.name, objectAt(object, "metadata", "labels") as Record<string, string>);
    if (tenantPartOf(application)?.kind === "grant") tenants.push(id.name);
  }
  const pods = podClasses(own);
  const podRange = parseCidr(cidrs.pods);
  const podRanges: Range[] = typeof podRange === "string" ? [] : [podRange];
  const network: Network = {
    namespaces,
    pods: [...pods, ...expectedPods(policies, pods, namespaces)],
    policies,
    podRanges,
  };
  const reach = new Reach(network);
  return {
    cluster,
    network,
    reach,
    tenants: tenants.toSorted(),
    ranges: new Map([
      ...clusterRanges(document).map(({ name, text }): [string, string] => [text, name]),
      ["0.0.0.0/0", "internet"],
    ]),
    leaks: findLeaks(reach, tenants.toSorted()),
    assumptions: [
      `${cni.name} enforces NetworkPolicies, as the facts of ${cluster} say`,
      "pods of different clusters reach each other through public addresses only",
      "only labels that the platform sets tell namespaces apart; no tenant may change a Namespace",
    ],
    unproven: [...unproven(applications, own)],
  };
}

function podClasses(own: readonly DeployedObject[]): PodClass[] {
  const classes = new Map<string, PodClass>();
  const templates = own.flatMap((deployed) => deployed.pods.map(({ path, spec }) => ({ deployed, path, spec })));
  for (const { deployed, path, spec } of templates) {
    if (at(spec, "hostNetwork") === true) continue;
    const { namespace } = deployed.id;
    const labels = objectAt(deployed.object, ...path.slice(0, -1), "metadata", "labels") as Record<string, string>;
    const ports = containers(spec).flatMap((container) =>
      listAt(container, "ports").map((port) => ({
        name: stringAt(port, "name"),
        protocol: (stringAt(port, "protocol") ?? "TCP") as Protocol,
        port: Number(at(port, "containerPort")),
      })),
    );
    const key = canonical([namespace, labels, ports]);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { namespace, name: deployed.id.name, labels, ports, expected: false });
  }
  return [...classes.values()].toSorted((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
}

/** Pods that policies name and that are not rendered here: of an addon, an operator, the cluster itself. */
function expectedPods(
  policies: readonly Policy[],
  pods: readonly PodClass[],
  namespaces: ReadonlyMap<string, unknown>,
): PodClass[] {
  const rendered = new Set(pods.map(({ namespace }) => namespace));
  const found = new Map<string, PodClass>();
  const rules = policies.flatMap(({ ingress = [], egress = [] }): PolicyRule[] => [...ingress, ...egress]);
  for (const peer of rules.flatMap(({ peers }) => peers ?? [])) {
    if (peer.kind !== "pods") continue;
    const namespace = stringAt(peer.namespaces ?? {}, "matchLabels", nameLabel);
    if (namespace === undefined || rendered.has(namespace) || !namespaces.has(namespace)) continue;
    const labels = objectAt(peer.pods, "matchLabels") as Record<string, string>;
    const name = Object.values(labels)[0] ?? "*";
    found.set(`${namespace}/${name}`, { namespace, name, labels, ports: [], expected: true });
  }
  return [...found.values()].toSorted((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
}

function* unproven(applications: readonly Application[], own: readonly DeployedObject[]): Iterable<string> {
  const missing = applications.filter(({ notRendered }) => notRendered !== undefined);
  if (missing.length > 0)
    yield `${missing.length} Applications are not rendered, and what they would allow is not seen (${missing[0]!.name}, ...)`;
  for (const { id, pods } of own) {
    if (otherPolicies.test(id.group))
      yield `${id.kind} ${id.namespace}/${id.name}: policies of its kind are not evaluated`;
    for (const { spec } of pods)
      if (at(spec, "hostNetwork") === true) yield `${id.kind} ${id.namespace}/${id.name} is on the network of its node`;
  }
  yield "what shared services do for one tenant with the data of another: that is theirs to keep apart";
  yield "connections that were open before a policy changed, and IPv6 (the fleet has none)";
}

/** Where pods may connect to outside the cluster's pods: by class, ranges and ports as the policies have them. */
export function outsideOf({ network, reach }: Reachability): { from: PodClass; cidr: string; ports: string[] }[] {
  return network.pods.flatMap((from) => {
    if (from.expected) return [];
    const rules = reach
      .policiesIn(from.namespace)
      .filter(({ selector }) => selects(selector, from.labels))
      .flatMap(({ egress }) => egress ?? []);
    return rules.flatMap(({ peers, ports }) =>
      (peers ?? []).flatMap((peer) =>
        peer.kind === "range"
          ? [{ from, cidr: peer.cidr, ports: (ports ?? []).map(({ port }) => String(port ?? "all")) }]
          : [],
      ),
    );
  });
}
