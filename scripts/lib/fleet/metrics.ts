import type { Metrics } from "../model/generated.ts";
import { prometheusRules } from "./alerts.ts";
import type { Fleet } from "./fleet.ts";
import { renderedObjects } from "./objects.ts";

type Exporter = Metrics["spec"]["exporters"][number];

/** What a cluster's Prometheus has. */
export interface KnownMetrics {
  /** Who would export a metric; undefined for a name that nothing exports. */
  exporterOf(metric: string): Exporter | undefined;
  /** Whether a cluster scrapes an exporter. */
  isScraped(cluster: string, exporter: Exporter): boolean;
  /** Whether a recording rule of a cluster makes a metric. */
  isRecorded(cluster: string, metric: string): boolean;
  /** Every name, as it is listed or recorded anywhere. */
  names: readonly string[];
}

/** Of apps/metrics.yaml, monitors and recording rules. */
export function knownMetrics(fleet: Fleet, { spec }: Metrics): KnownMetrics {
  const monitors = Map.groupBy(renderedObjects(fleet, "PodMonitor", "ServiceMonitor"), ({ cluster }) => cluster);
  const recorded = Map.groupBy(
    prometheusRules(fleet).filter(({ isAlert }) => !isAlert),
    ({ deployed }) => deployed.cluster,
  );
  const names = [
    ...spec.exporters.flatMap(({ metrics }) => metrics),
    ...[...recorded.values()].flat().map(({ name }) => name),
  ];
  return {
    exporterOf: (metric) => spec.exporters.find(({ metrics }) => metrics.some((listed) => isCalled(metric, listed))),
    isScraped: (cluster, exporter) =>
      exporter.monitors?.some((listed) =>
        (monitors.get(cluster) ?? []).some(({ id }) => isCalled(`${id.kind} ${id.namespace}/${id.name}`, listed)),
      ) ?? true,
    isRecorded: (cluster, metric) => (recorded.get(cluster) ?? []).some(({ name }) => name === metric),
    names: [...new Set(names)].toSorted(),
  };
}

/** Whether a name is meant by one in which * stands for any part. */
function isCalled(name: string, listed: string): boolean {
  if (!listed.includes("*")) return name === listed;
  const parts = listed.split("*").map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}
