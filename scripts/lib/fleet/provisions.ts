import { addonPlacements } from "../addon/placements.ts";
import { at, type Json, listAt, stringAt } from "../core/json.ts";
import { absentCharts } from "./absent-charts.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, standingObjects } from "./objects.ts";

/** Something cluster-wide that objects depend on and no namespace holds. */
export interface Provision {
  kind: "APIService" | "CustomResourceDefinition" | "GatewayClass" | "Prometheus" | "StorageClass";
  /** Of a definition its group. */
  name: string;
}

export const keyOfProvision = ({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`;

const monitors: ReadonlySet<string> = new Set(["PodMonitor", "PrometheusRule", "ServiceMonitor"]);

/** What a claim without a class gets. */
export const defaultClass = "default";
const isDefault = "storageclass.kubernetes.io/is-default-class";

/** What of its cluster an object depends on. */
export function* neededBy({ id, object }: DeployedObject, isCustom: boolean): Iterable<Provision> {
  if (isCustom) yield { kind: "CustomResourceDefinition", name: id.group };
  for (const name of metricsApisOf(id.kind, object)) yield { kind: "APIService", name };
  if (id.group === "monitoring.coreos.com" && monitors.has(id.kind)) yield { kind: "Prometheus", name: "any" };
  const gateway = id.kind === "Gateway" ? stringAt(object, "spec", "gatewayClassName") : undefined;
  if (gateway !== undefined) yield { kind: "GatewayClass", name: gateway };
  const claims = id.kind === "PersistentVolumeClaim" ? [object] : listAt(object, "spec", "volumeClaimTemplates");
  for (const claim of claims) {
    const name = stringAt(claim, "spec", "storageClassName") ?? defaultClass;
    if (name !== "") yield { kind: "StorageClass", name };
  }
}

/** The APIs of metrics that an autoscaler asks. KEDA brings its own, and leaves CPU and memory to that of pods. */
function* metricsApisOf(kind: string, object: Json): Iterable<string> {
  const types = kind === "ScaledObject" ? listAt(object, "spec", "triggers").map((own) => stringAt(own, "type")) : [];
  const asksPods = types.filter((type) => type === "cpu" || type === "memory").length;
  if (kind === "HorizontalPodAutoscaler" || asksPods > 0) yield "v1beta1.metrics.k8s.io";
  if (types.length > asksPods) yield "v1beta1.external.metrics.k8s.io";
}

/** What objects bring to their cluster, hooks aside. */
function* broughtBy({ id, object }: DeployedObject): Iterable<Provision> {
  switch (id.kind) {
    case "APIService":
    case "GatewayClass":
      yield { kind: id.kind, name: id.name };
      break;
    case "StorageClass":
      yield { kind: id.kind, name: id.name };
      if (at(object, "metadata", "annotations", isDefault) === "true") yield { kind: id.kind, name: defaultClass };
      break;
    case "CustomResourceDefinition":
      yield { kind: id.kind, name: stringAt(object, "spec", "group") ?? "" };
      break;
    case "Prometheus":
      yield { kind: id.kind, name: "any" };
      break;
  }
}

/** What each cluster has, by what is rendered for it; of charts that are not on this machine by what addon.yaml says. */
export function provisionsOf(fleet: Fleet): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (cluster: string, provision: { kind: string; name: string }) => {
    const own = found.get(cluster) ?? new Set<string>();
    found.set(cluster, own.add(keyOfProvision(provision)));
  };
  for (const deployed of standingObjects(fleet))
    for (const provision of broughtBy(deployed)) add(deployed.cluster, provision);
  const absent = new Set(absentCharts(fleet).map(({ folder, cluster }) => `${cluster} ${folder?.split("/").at(-1)}`));
  for (const { addon, cluster, facts } of addonPlacements(fleet))
    if (absent.has(`${cluster} ${addon}`)) for (const own of facts?.document.spec.provides ?? []) add(cluster, own);
  return found;
}

/** What an addon's objects bring, sorted: what its facts have to say. */
export function broughtByAddon(objects: readonly DeployedObject[]): string[] {
  return [...new Set(objects.flatMap((deployed) => [...broughtBy(deployed)].map(keyOfProvision)))].toSorted();
}
