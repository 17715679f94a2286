import { at, listAt, objectAt, stringAt } from "../core/json.ts";
import { parseCidr, type Range } from "../model/cidr.ts";
import type { Cluster } from "../model/generated.ts";
import { containers } from "../model/pods.ts";
import { findLeaks, type Leak } from "../network/isolation.ts";
import { nameLabel, type Network, type PodClass, Reach } from "../network/network.ts";
import type { Zone } from "../network/outside.ts";
import { parsePolicy, type Policy, type PolicyRule, type Protocol } from "../network/policy.ts";
import type { Application } from "../render/application.ts";
import type { Fleet } from "./fleet.ts";
import { appliedObjects, type DeployedObject } from "./objects.ts";
import { tenantPartOf } from "./ownership.ts";
import { zonesOf } from "./zones.ts";

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
  /** What is not a pod, in parts by the names that the facts give them. */
  zones: readonly Zone[];
  /** What the proof rests on, and what it can't see: sentences. */
  assumptions: string[];
  unproven: string[];
}

/** Evaluated once a fleet: rules and reports ask for the same. */
const evaluated = new WeakMap<Fleet, Reachability[]>();

/** Looks at the rendered policies of every cluster that was expanded. */
export function reachabilityOf(fleet: Fleet): Reachability[] {
  let found = evaluated.get(fleet);
  if (found === undefined) evaluated.set(fleet, (found = evaluate(fleet)));
  return found;
}

function evaluate(fleet: Fleet): Reachability[] {
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
  // A namespace that nobody declares is there as soon as pods are, with no label but its name that is known.
  const undeclared = [...new Set(pods.map(({ namespace }) => namespace))].filter((name) => !namespaces.has(name));
  for (const name of undeclared) namespaces.set(name, {});
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
    zones: zonesOf(document),
    leaks: findLeaks(reach, tenants.toSorted()),
    assumptions: [
      `${cni.name} enforces NetworkPolicies, as the facts of ${cluster} say`,
      ...nodesAssumption(document.spec),
      "pods of different clusters reach each other through public addresses only",
      "only labels that the platform sets tell namespaces apart; no tenant may change a Namespace",
    ],
    unproven: [
      ...undeclared.map((name) => `the labels of ${name}: pods are in it, but no Namespace declares it`),
      ...unproven(applications, own),
    ],
  };
}

/** A class for each description of pods: also of two that no policy tells apart, since each of them may talk to the other. */
function podClasses(own: readonly DeployedObject[]): PodClass[] {
  const templates = own.flatMap((deployed) => deployed.pods.map(({ path, spec }) => ({ deployed, path, spec })));
  const classes = templates.flatMap(({ deployed, path, spec }) => {
    if (at(spec, "hostNetwork") === true) return [];
    const { namespace, name, kind } = deployed.id;
    const labels = objectAt(deployed.object, ...path.slice(0, -1), "metadata", "labels") as Record<string, string>;
    const ports = containers(spec).flatMap((container) =>
      listAt(container, "ports").map((port) => ({
        name: stringAt(port, "name"),
        protocol: (stringAt(port, "protocol") ?? "TCP") as Protocol,
        port: Number(at(port, "containerPort")),
      })),
    );
    return [{ names: [name, `${name} (${kind})`, `${name} (${kind} ${path.join(".")})`], namespace, labels, ports }];
  });
  const counts = new Map<string, number>();
  for (const { namespace, names } of classes)
    for (const name of names) counts.set(`${namespace}/${name}`, (counts.get(`${namespace}/${name}`) ?? 0) + 1);
  return classes
    .map(({ names, namespace, labels, ports }) => {
      const name = names.find((text) => counts.get(`${namespace}/${text}`) === 1) ?? names.at(-1)!;
      return { namespace, name, labels, ports, expected: false };
    })
    .toSorted((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
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

/** What a way to nodes by their range means: plugins differ. */
function nodesAssumption({ cni, provider }: Cluster["spec"]): string[] {
  if (cni.name !== "cilium") return [];
  if (cni.policyCIDRMatchMode === "nodes")
    return ["ranges in policies match nodes, as policyCIDRMatchMode in the facts says"];
  const reached = provider === "aws" ? "the provider's API server" : "nothing that runs on one";
  return [`cilium matches no range with a node: what a policy opens to nodes by their range reaches ${reached}`];
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
