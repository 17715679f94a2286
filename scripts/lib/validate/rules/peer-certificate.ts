import { at, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { keyOf, listenersOfRoutes } from "../../fleet/listeners.ts";
import { type DeployedObject, standingObjects } from "../../fleet/objects.ts";
import { selects } from "../../model/selector.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const peerCertificate: Rule = {
  id: "peer-certificate",
  severity: "error",
  needs: "clusters",
  absolute: true,
  holds:
    "A gateway at which the other cluster of a hybrid deployment calls services asks it for a certificate: of an authority, and of the peer's name.",
  because:
    "By addresses alone, whatever runs on a node of the other network, or gets into the line between the two, calls services as if it were one.",
  *check(fleet) {
    const policies = policiesOf(fleet);
    const listenersOf = listenersOfRoutes(fleet);
    const seen = new Set<string>();
    for (const route of standingObjects(fleet, "HTTPRoute")) {
      const called = hostsCalledBy(fleet, route.cluster);
      if (!stringsAt(route.object, "spec", "hostnames").some((host) => called.has(host))) continue;
      for (const { holder, isInside } of listenersOf(route)) {
        const key = nameOf(holder);
        if (isInside || seen.has(key)) continue;
        seen.add(key);
        yield* problemsOf(
          holder,
          policies.filter((policy) => targets(policy, holder)),
          fleet,
        );
      }
    }
  },
};

/** Hosts here that services of the peer call. */
function hostsCalledBy({ documents }: Fleet, cluster: string): ReadonlySet<string> {
  const own = documents.clusters.get(cluster)?.document.spec;
  const peer = documents.clusters.get(own?.peer?.cluster ?? "")?.document.spec.peer;
  return new Set((peer?.services ?? []).map((service) => `${service}.${own!.domain}`));
}

const nameOf = ({ cluster, id }: DeployedObject) => keyOf(cluster, id.kind, id.namespace, id.name);

const policiesOf = (fleet: Fleet) => standingObjects(fleet, "ClientTrafficPolicy");

/** Whether a policy is about a Gateway, by its name or by its labels. */
function targets(
  { cluster, id, object }: DeployedObject,
  { cluster: other, id: gateway, object: own }: DeployedObject,
) {
  if (cluster !== other || id.namespace !== gateway.namespace) return false;
  const isNamed = listAt(object, "spec", "targetRefs").some(
    (target) => stringAt(target, "kind") === gateway.kind && stringAt(target, "name") === gateway.name,
  );
  const labels = objectAt(own, "metadata", "labels") as Record<string, string>;
  return (
    isNamed ||
    listAt(object, "spec", "targetSelectors").some(
      (target) => stringAt(target, "kind") === gateway.kind && selects(objectAt(target), labels),
    )
  );
}

/** Of two policies about one Gateway only one counts: each of them has to ask. */
function* problemsOf(
  gateway: DeployedObject,
  policies: readonly DeployedObject[],
  { documents }: Fleet,
): Iterable<RuleFinding> {
  const where = `${gateway.id.kind} ${gateway.id.name}`;
  const peer = documents.clusters.get(gateway.cluster)!.document.spec.peer!;
  const fix = "set tls.clientValidation: caCertificateRefs, and the peer's domain in subjectAltNames";
  if (policies.length === 0)
    yield {
      ...gateway.at,
      message: `lets ${peer.cluster} in without asking for a certificate: no ClientTrafficPolicy is about it`,
      fix,
    };
  for (const { object, at: place } of policies) {
    const validation = objectAt(object, "spec", "tls", "clientValidation");
    const names = listAt(validation, "subjectAltNames", "dnsNames");
    const says = (message: string): RuleFinding => ({ ...place, message, fix });
    if (listAt(validation, "caCertificateRefs").length === 0)
      yield says(`lets ${peer.cluster} in at ${where} without asking for a certificate`);
    else if (
      at(validation, "optional") === true ||
      (at(validation, "mode") ?? "RequireAndVerify") !== "RequireAndVerify"
    )
      yield says(`lets ${peer.cluster} in at ${where} with or without a certificate`);
    else if (names.length !== 1 || stringAt(names[0], "value") !== peer.domain)
      yield says(`lets anybody in at ${where} who has a certificate of the authority, not ${peer.domain} alone`);
  }
}
