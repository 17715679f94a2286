import { addTo } from "../../core/group.ts";
import { listAt, objectAt, stringAt } from "../../core/json.ts";
import { type DeployedObject, renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { tenantName, tenantPartOf } from "../../fleet/ownership.ts";
import { keyLabel, operatorLabel, operatorNamespace, secretsOf } from "../../secret/sops-secret.ts";
import { tenantLabel } from "../../tenant/placement.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const sopsProvider: Rule = {
  id: "sops-provider",
  severity: "error",
  absolute: true,
  needs: "clusters",
  holds:
    "A provider opens secrets of named namespaces with one key, told by namespace and label both; each SopsSecret has exactly one provider, and none makes a Secret with the labels of a private key outside the operator's namespace.",
  because:
    "The operator takes a selector that matches no namespace for one that matches all: a key would open another's secrets (S-08). Where no provider matches it deletes what it made.",
  *check(fleet) {
    const opened = new Map<string, string[]>();
    const place = (cluster: string, namespace: string, key: string, value: unknown) =>
      JSON.stringify([cluster, namespace, key, value]);
    for (const provider of renderedObjects(fleet, "SopsProvider")) yield* selectors(provider);
    for (const provider of standingObjects(fleet, "SopsProvider")) {
      for (const { namespace, labels } of selected(provider, "sops"))
        for (const [key, value] of Object.entries(labels))
          addTo(opened, place(provider.cluster, namespace, key, value), provider.id.name);
    }
    for (const { cluster, id, object, at } of renderedObjects(fleet, "SopsSecret")) {
      for (const { name, labels: own } of secretsOf(object))
        for (const label of id.namespace === operatorNamespace ? [keyLabel] : [operatorLabel, keyLabel])
          if (own[label] !== undefined)
            yield {
              ...at,
              message: `makes the Secret ${name} with the label ${label}, by which the operator finds private keys`,
              fix: "remove the label",
            };
      const labels = Object.entries(objectAt(object, "metadata", "labels"));
      const providers = labels.flatMap(([key, value]) => opened.get(place(cluster, id.namespace, key, value)) ?? []);
      if (providers.length === 1) continue;
      yield providers.length === 0
        ? { ...at, message: "no provider opens it", fix: `put it where a provider looks, with the label it selects` }
        : { ...at, message: `is opened by ${providers.toSorted().join(" and ")}`, fix: "leave it to one of them" };
    }
  },
};

/** Whose secrets a provider may open: those of its tenant, or of the cluster itself. */
function* selectors(provider: DeployedObject): Iterable<RuleFinding> {
  const tenant = tenantPartOf(provider.application)?.tenant;
  const [label, value] = tenant === undefined ? [keyLabel, "cluster"] : [tenantLabel, tenant];
  for (const field of ["sops", "keys"] as const) {
    const wanted = field === "keys" ? operatorNamespace : tenant === undefined ? undefined : tenantName(tenant);
    for (const { namespace, labels } of selected(provider, field)) {
      if (namespace === "" || (wanted !== undefined && namespace !== wanted)) {
        const message = `${field} are looked for in ${namespace || "every namespace"}`;
        yield { ...provider.at, message, fix: `name ${wanted ?? "one"}` };
      }
      if (labels[label] !== value) {
        const message = `${field} are those of ${stringAt(labels, label) ?? "everybody"}`;
        yield { ...provider.at, message, fix: `select ${label}: ${value}` };
      }
    }
  }
}

function selected({ object }: DeployedObject, field: "keys" | "sops") {
  return listAt(object, "spec", field).map((selector) => ({
    namespace: stringAt(selector, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") ?? "",
    labels: objectAt(selector, "matchLabels"),
  }));
}
