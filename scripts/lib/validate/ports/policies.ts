import { at, isObject, type Json, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type DeployedObject, podKey, type PodTemplate, podTemplates, renderedObjects } from "../../fleet/objects.ts";
import { Peers } from "../../fleet/peers.ts";
import { formatPort, mayListen, portsOfPod } from "../../model/ports.ts";
import { selects } from "../../model/selector.ts";
import type { RuleFinding } from "../rule.ts";

/** Ports of NetworkPolicies: those of the pods they are for, or of the pods that a rule of theirs leads to. */
export function* policyPorts(fleet: Fleet): Iterable<RuleFinding> {
  const peers = new Peers(fleet);
  const templates = podTemplates(fleet);
  for (const policy of renderedObjects(fleet, "NetworkPolicy")) {
    const { cluster, id, object } = policy;
    const types = stringsAt(object, "spec", "policyTypes");
    const isOf = (type: string) => types.length === 0 || types.includes(type);
    const ingress = isOf("Ingress") ? listAt(object, "spec", "ingress") : [];
    const egress = isOf("Egress") ? listAt(object, "spec", "egress") : [];
    const all = ingress.length === 0 ? [] : (templates.get(podKey(cluster, id.namespace)) ?? []);
    const own = all.filter(({ labels }) => selects(objectAt(object, "spec", "podSelector"), labels));
    for (const rule of ingress) yield* closed(policy, rule, own, "no pod it selects has");
    for (const rule of egress)
      yield* closed(policy, rule, destinations(peers, cluster, id.namespace, rule), "no pod it leads to has");
  }
}

function* closed(
  { at: where }: DeployedObject,
  rule: Json,
  pods: readonly PodTemplate[],
  who: string,
): Iterable<RuleFinding> {
  if (pods.length === 0) return;
  for (const port of listAt(rule, "ports").filter(isObject)) {
    const wanted = { ...port, port: at(port, "port"), protocol: stringAt(port, "protocol") ?? "TCP" };
    if (wanted.port === undefined || pods.some(({ spec }) => mayListen(wanted, portsOfPod(spec)))) continue;
    yield {
      ...where,
      message: `opens the port ${formatPort(wanted)}, which ${who}`,
      fix: "name the port of the container, not that of the Service",
    };
  }
}

/** Pods that a rule leads to; none where they are not all known: addresses, everybody, pods that nothing here renders. */
function destinations(peers: Peers, cluster: string, namespace: string, rule: Json): PodTemplate[] {
  const found = listAt(rule, "to").map((peer) => peers.podsOf(cluster, namespace, peer));
  return found.every((pods) => pods !== undefined && pods.length > 0) ? found.flatMap((pods) => pods ?? []) : [];
}
