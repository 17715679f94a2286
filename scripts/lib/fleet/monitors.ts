import { at, type JsonObject, objectAt, stringsAt } from "../core/json.ts";
import { selects } from "../model/selector.ts";
import type { Fleet } from "./fleet.ts";
import {
  type DeployedObject,
  podKey,
  type PodTemplate,
  podTemplates,
  renderedObjects,
  standingObjects,
} from "./objects.ts";

/** Every ServiceMonitor with the Services it selects. */
export function monitoredServices(fleet: Fleet): { monitor: DeployedObject; services: DeployedObject[] }[] {
  const all = Map.groupBy(standingObjects(fleet, "Service"), ({ cluster, id }) => podKey(cluster, id.namespace));
  return renderedObjects(fleet, "ServiceMonitor").map((monitor) => {
    const selector = objectAt(monitor.object, "spec", "selector");
    const services = inReach(all, monitor).filter(({ object }) => selects(selector, labelsOf(object)));
    return { monitor, services };
  });
}

/** Every PodMonitor with the pods it selects. */
export function monitoredPods(fleet: Fleet): { monitor: DeployedObject; pods: PodTemplate[] }[] {
  return renderedObjects(fleet, "PodMonitor").map((monitor) => {
    const selector = objectAt(monitor.object, "spec", "selector");
    const pods = inReach(podTemplates(fleet), monitor).filter(({ labels }) => selects(selector, labels));
    return { monitor, pods };
  });
}

/** Pods that a Service leads to; none where it has no selector. */
export function podsOfService(fleet: Fleet, { cluster, id, object }: DeployedObject): PodTemplate[] {
  const matchLabels = at(object, "spec", "selector");
  if (matchLabels === undefined) return [];
  const all = podTemplates(fleet).get(podKey(cluster, id.namespace)) ?? [];
  return all.filter(({ deployed, labels }) => deployed.hooks.length === 0 && selects({ matchLabels }, labels));
}

/** Every pod that some monitor selects, through a Service or by itself. */
export function scrapedPods(fleet: Fleet): PodTemplate[] {
  return [
    ...monitoredPods(fleet).flatMap(({ pods }) => pods),
    ...monitoredServices(fleet).flatMap(({ services }) => services.flatMap((own) => podsOfService(fleet, own))),
  ];
}

/** Clusters of which every monitor and every recording rule is known: Prometheus is ours there, and all of it was rendered. */
export function wholeMonitoring(fleet: Fleet): ReadonlySet<string> {
  const whole = new Set(renderedObjects(fleet, "Prometheus").map(({ cluster }) => cluster));
  for (const { cluster, notRendered } of fleet.applications) if (notRendered !== undefined) whole.delete(cluster);
  return whole;
}

/** Namespaces that a monitor looks in: its own, unless it names others. */
export function monitoredNamespaces({ id, object }: DeployedObject): string[] {
  const named = stringsAt(object, "spec", "namespaceSelector", "matchNames");
  return named.length === 0 ? [id.namespace] : named;
}

/** What is where a monitor looks. */
function inReach<T>(all: ReadonlyMap<string, readonly T[]>, monitor: DeployedObject): T[] {
  const { cluster, object } = monitor;
  if (at(object, "spec", "namespaceSelector", "any") === true)
    return [...all].flatMap(([key, own]) => (key.startsWith(podKey(cluster, "")) ? own : []));
  return monitoredNamespaces(monitor).flatMap((namespace) => all.get(podKey(cluster, namespace)) ?? []);
}

function labelsOf(object: JsonObject): Record<string, string> {
  return objectAt(object, "metadata", "labels") as Record<string, string>;
}
