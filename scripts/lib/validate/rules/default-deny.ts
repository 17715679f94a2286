import { addTo } from "../../core/group.ts";
import { at, isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { appliedObjects, podKey, renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const defaultDeny: Rule = {
  id: "default-deny",
  severity: "error",
  absolute: true,
  needs: "clusters",
  holds:
    "A namespace is closed in both directions, and DNS is open to all its pods; pods are in no namespace that is not declared.",
  because: "Without the first every pod reaches every other (D-17); without the second none finds any (N-21).",
  *check(fleet) {
    const policies = new Map<string, JsonObject[]>();
    for (const { id, cluster, object } of standingObjects(fleet, "NetworkPolicy")) {
      const key = podKey(cluster, id.namespace);
      addTo(policies, key, objectAt(object, "spec"));
    }
    const declared = new Set<string>();
    for (const { id, cluster, at: where } of renderedObjects(fleet, "Namespace")) {
      declared.add(podKey(cluster, id.name));
      const own = policies.get(podKey(cluster, id.name)) ?? [];
      const fix = `include ${pathOf("platformDefinition", { part: "namespaces" }, "closed")} in its kustomization`;
      if (!own.some(deniesAll))
        yield { ...where, message: "has no NetworkPolicy that denies everything both ways", fix };
      if (!own.some(opensDns))
        yield { ...where, message: "has no NetworkPolicy that opens DNS (TCP and UDP 53) to all its pods", fix };
    }
    // Where none is rendered at all, what renders them failed, and says so.
    const clusters = new Set([...declared].map((key) => key.split("/")[0]!));
    for (const { id, cluster, pods, at: where } of appliedObjects(fleet)) {
      if (pods.length === 0 || id.namespace === "kube-system" || !clusters.has(cluster)) continue;
      if (declared.has(podKey(cluster, id.namespace))) continue;
      const message = `runs pods in ${id.namespace}, a namespace that ${cluster} does not declare: no rule sees that it is closed`;
      const folder = pathOf("platformDefinition", { part: "namespaces" }, id.namespace);
      yield { ...where, message, fix: `add ${folder}, or correct metadata.namespace` };
    }
  },
};

const coversAll = (spec: JsonObject) =>
  isObject(at(spec, "podSelector")) && Object.keys(objectAt(spec, "podSelector")).length === 0;

function deniesAll(spec: JsonObject): boolean {
  const both = ["Egress", "Ingress"].every((type) => stringsAt(spec, "policyTypes").includes(type));
  return coversAll(spec) && both && listAt(spec, "ingress").length === 0 && listAt(spec, "egress").length === 0;
}

function opensDns(spec: JsonObject): boolean {
  if (!coversAll(spec)) return false;
  return listAt(spec, "egress").some((rule) => {
    const toDns = listAt(rule, "to").some(
      (peer) =>
        stringAt(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") === "kube-system" &&
        stringAt(peer, "podSelector", "matchLabels", "k8s-app") === "kube-dns",
    );
    const protocols = listAt(rule, "ports").flatMap((port) =>
      at(port, "port") === 53 ? [stringAt(port, "protocol")] : [],
    );
    return toDns && protocols.includes("TCP") && protocols.includes("UDP");
  });
}
