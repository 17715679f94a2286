import { at, type JsonObject, objectAt } from "../../core/json.ts";
import { externalNamespaces, namespacesOfAbsentCharts } from "../../fleet/absent-charts.ts";
import { monitoredNamespaces, monitoredPods, monitoredServices } from "../../fleet/monitors.ts";
import { podKey, podTemplates, renderedObjects } from "../../fleet/objects.ts";
import { emptyDestinations } from "../../fleet/peers.ts";
import { isEmptySelector } from "../../model/objects/selectors.ts";
import { selects } from "../../model/selector.ts";
import type { Rule } from "../rule.ts";

/** Selectors of these kinds; of a budget that selects everything or nothing another rule says so. */
const selectors: Record<string, (object: JsonObject) => JsonObject | undefined> = {
  NetworkPolicy: (object) => objectAt(object, "spec", "podSelector"),
  PodDisruptionBudget: (object) => {
    const selector = objectAt(object, "spec", "selector");
    return isEmptySelector(selector) ? undefined : selector;
  },
  Service: (object) => {
    const matchLabels = at(object, "spec", "selector");
    return matchLabels === undefined ? undefined : { matchLabels };
  },
};

export const selectorMatch: Rule = {
  id: "selector-match",
  severity: "error",
  needs: "clusters",
  holds:
    "What selects pods or Services, selects some that are there, and so does what a policy leads to, where all pods of the namespace are known; a workload selects the pods it makes.",
  because: "A policy that selects nothing protects nothing, and nothing says so (D-16, N-17).",
  *check(fleet) {
    const templates = podTemplates(fleet);
    const unknown = namespacesOfAbsentCharts(fleet);
    const external = externalNamespaces(fleet);
    /** Whether pods of a namespace come with what is not in this repository, or not on this machine. */
    const isElsewhere = (cluster: string, name: string) => external.has(name) || unknown.has(podKey(cluster, name));
    for (const { id, cluster, at: where, object } of renderedObjects(fleet, ...Object.keys(selectors))) {
      const selector = selectors[id.kind]!(object);
      if (selector === undefined || unknown.has(podKey(cluster, id.namespace))) continue;
      // Traffic and budgets are of pods that stay; a policy may be of those of a hook.
      const all = (templates.get(podKey(cluster, id.namespace)) ?? []).filter(
        ({ deployed }) => id.kind === "NetworkPolicy" || deployed.hooks.length === 0,
      );
      const isEverything = id.kind === "NetworkPolicy" && isEmptySelector(selector);
      if (!isEverything && !all.some(({ labels }) => selects(selector, labels)))
        yield {
          ...where,
          message: "selects no pod",
          fix: "correct the selector: it has to name labels of the pod template",
        };
    }
    for (const { at: where, object } of renderedObjects(
      fleet,
      "Deployment",
      "ReplicaSet",
      "StatefulSet",
      "DaemonSet",
    )) {
      const labels = objectAt(object, "spec", "template", "metadata", "labels") as Record<string, string>;
      if (selects(objectAt(object, "spec", "selector"), labels)) continue;
      yield {
        ...where,
        message: "selects other pods than it makes",
        fix: "give the pod template the labels of the selector",
      };
    }
    for (const { policy, peer } of emptyDestinations(fleet))
      yield {
        ...policy.at,
        message: `leads to pods with ${peer}, and there are none`,
        fix: "correct the selectors of to",
      };
    for (const { monitor, services } of monitoredServices(fleet))
      if (services.length === 0)
        yield {
          ...monitor.at,
          message: "selects no Service",
          fix: "correct the selector: it has to name labels of the Service",
        };
    for (const { monitor, pods } of monitoredPods(fleet))
      if (pods.length === 0 && !monitoredNamespaces(monitor).some((name) => isElsewhere(monitor.cluster, name)))
        yield {
          ...monitor.at,
          message: "selects no pod",
          fix: "correct the selector: it has to name labels of the pod template",
        };
  },
};
