import { addTo } from "../../core/group.ts";
import { at, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { fleetObjects, podKey, type PodTemplate, podTemplates } from "../../fleet/objects.ts";
import { containers } from "../../model/pods.ts";
import { selects } from "../../model/selector.ts";
import type { Rule } from "../rule.ts";

/** Selectors of these kinds, and whether an empty one is meant to pick everything. */
const selectors: Record<string, (object: JsonObject) => JsonObject | undefined> = {
  NetworkPolicy: (object) => objectAt(object, "spec", "podSelector"),
  PodDisruptionBudget: (object) => objectAt(object, "spec", "selector"),
  PodMonitor: (object) => objectAt(object, "spec", "selector"),
  Service: (object) => {
    const matchLabels = at(object, "spec", "selector");
    return matchLabels === undefined ? undefined : { matchLabels };
  },
};

export const selectorMatch: Rule = {
  id: "selector-match",
  severity: "error",
  needs: "clusters",
  holds: "What selects pods, selects some; what names a port of theirs, names one that is there.",
  because: "A policy that selects nothing protects nothing, and nothing says so (D-16, N-17).",
  *check(fleet) {
    const templates = podTemplates(fleet);
    const services = new Map<string, { labels: Record<string, string>; ports: Set<string> }[]>();
    for (const { id, cluster, at: where, object } of fleetObjects(fleet, ...Object.keys(selectors))) {
      const selector = selectors[id.kind]!(object);
      if (selector === undefined) continue;
      const all = templates.get(podKey(cluster, id.namespace)) ?? [];
      const pods = all.filter(({ labels }) => selects(selector, labels));
      const isEverything = id.kind === "NetworkPolicy" && Object.keys(selector).length === 0;
      if (pods.length === 0 && !isEverything) {
        yield {
          ...where,
          message: "selects no pod",
          fix: "correct the selector: it has to name labels of the pod template",
        };
      }
      for (const endpoint of listAt(object, "spec", "podMetricsEndpoints")) {
        const port = stringAt(endpoint, "port") ?? "";
        if (pods.length === 0 || pods.some((pod) => hasPort(pod, JSON.stringify(port)))) continue;
        yield {
          ...where,
          message: `scrapes the port ${port}, which no pod it selects has`,
          fix: "name a port of the pods",
        };
      }
      if (id.kind !== "Service") continue;
      for (const port of listAt(object, "spec", "ports")) {
        const target = JSON.stringify(at(port, "targetPort") ?? at(port, "port"));
        if (pods.length === 0 || pods.some((pod) => hasPort(pod, target))) continue;
        yield {
          ...where,
          message: `leads to the port ${target}, which no pod it selects has`,
          fix: "correct targetPort",
        };
      }
      const key = podKey(cluster, id.namespace);
      const labels = objectAt(object, "metadata", "labels") as Record<string, string>;
      const ports = new Set(
        listAt(object, "spec", "ports").flatMap((port) => [
          stringAt(port, "name") ?? "",
          String(at(port, "port") as number),
        ]),
      );
      addTo(services, key, { labels, ports });
    }
    for (const { at: where, object } of fleetObjects(fleet, "Deployment", "StatefulSet", "DaemonSet")) {
      const labels = objectAt(object, "spec", "template", "metadata", "labels") as Record<string, string>;
      if (selects(objectAt(object, "spec", "selector"), labels)) continue;
      yield {
        ...where,
        message: "selects other pods than it makes",
        fix: "give the pod template the labels of the selector",
      };
    }
    for (const { id, cluster, at: where, object } of fleetObjects(fleet, "ServiceMonitor")) {
      const own = (services.get(podKey(cluster, id.namespace)) ?? []).filter(({ labels }) =>
        selects(objectAt(object, "spec", "selector"), labels),
      );
      if (own.length === 0)
        yield {
          ...where,
          message: "selects no Service",
          fix: "correct the selector: it has to name labels of the Service",
        };
      for (const endpoint of listAt(object, "spec", "endpoints")) {
        const port = stringAt(endpoint, "port") ?? "";
        if (own.length === 0 || own.some(({ ports }) => ports.has(port))) continue;
        yield {
          ...where,
          message: `scrapes the port ${port}, which no Service it selects has`,
          fix: "name a port of the Service",
        };
      }
    }
  },
};

/** Whether the pods have a port of that name or number, as JSON. */
function hasPort({ spec }: PodTemplate, target: string): boolean {
  const ports = containers(spec).flatMap((container) => listAt(container, "ports"));
  return ports.some((port) =>
    [at(port, "name"), at(port, "containerPort")].some((own) => JSON.stringify(own) === target),
  );
}
