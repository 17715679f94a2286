import { dashboard, variable } from "./dashboard.ts";
import { lines, stat } from "./panels.ts";

const copy = `namespace="$namespace", job="$service"`;
/** Pods of the service and of its workers. */
const pods = `namespace="$namespace", pod=~"$service-.+"`;
const requests = `sum(rate(http_requests_total{${copy}}[$__rate_interval]))`;
const failed = `sum(rate(http_requests_total{${copy}, status=~"5.."}[$__rate_interval]))`;
/** Without a single error there is no series of errors. */
const errorRatio = `(${failed} or 0 * ${requests}) / ${requests}`;
const quantile = (share: number) =>
  `histogram_quantile(${share}, sum by (le) (rate(http_request_duration_seconds_bucket{${copy}}[$__rate_interval])))`;

export const services = dashboard(
  "murima-services",
  "Services",
  "One copy of one service: the shared one in murima, or a tenant's own.",
  [
    variable("namespace", "Namespace", "label_values(http_requests_total, namespace)"),
    variable("service", "Service", 'label_values(http_requests_total{namespace="$namespace"}, job)'),
  ],
  [
    stat("Requests", "reqps", requests),
    stat("Errors", "percentunit", errorRatio, { warning: 0.01, critical: 0.05 }),
    stat("Latency, 95th percentile", "s", quantile(0.95), { warning: 1, critical: 2 }),
    stat("Pods that answer scrapes", "short", `sum(up{${copy}})`, { warning: 2, critical: 1, isFloor: true }),
    lines("Requests by status", "reqps", {
      "{{status}}": `sum by (status) (rate(http_requests_total{${copy}}[$__rate_interval]))`,
    }),
    lines("Share of errors", "percentunit", { errors: errorRatio }, { warning: 0.01, critical: 0.05 }),
    lines(
      "Latency",
      "s",
      { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
      { warning: 1, critical: 2 },
    ),
    lines("Replicas", "short", {
      "now, {{horizontalpodautoscaler}}": `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{namespace="$namespace", horizontalpodautoscaler=~"$service(-.+)?"})`,
      "at most, {{horizontalpodautoscaler}}": `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{namespace="$namespace", horizontalpodautoscaler=~"$service(-.+)?"})`,
    }),
    lines(
      "CPU, of what is requested",
      "percentunit",
      {
        "{{pod}}": `sum by (pod) (rate(container_cpu_usage_seconds_total{${pods}, container!=""}[$__rate_interval])) / sum by (pod) (kube_pod_container_resource_requests{${pods}, resource="cpu"})`,
      },
      { warning: 1, critical: 2 },
    ),
    lines(
      "Memory, of the limit",
      "percentunit",
      {
        "{{pod}}": `sum by (pod) (container_memory_working_set_bytes{${pods}, container!=""}) / sum by (pod) (kube_pod_container_resource_limits{${pods}, resource="memory"})`,
      },
      { warning: 0.8, critical: 0.95 },
    ),
    lines("Restarts in an hour", "short", {
      "{{pod}}": `sum by (pod) (increase(kube_pod_container_status_restarts_total{${pods}}[1h]))`,
    }),
  ],
);
