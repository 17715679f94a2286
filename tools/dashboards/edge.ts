import { dashboard } from "./dashboard.ts";
import { lines, stat } from "./panels.ts";

/** Listeners for clients: the proxy's own for probes and statistics are called otherwise. */
const clients = `namespace="gateway", envoy_http_conn_manager_prefix=~"https?-.+"`;
const routes = `namespace="gateway", envoy_cluster_name=~"httproute/.+"`;
const requests = `sum(rate(envoy_http_downstream_rq_total{${clients}}[$__rate_interval]))`;
const failed = `sum(rate(envoy_http_downstream_rq_xx{${clients}, envoy_response_code_class="5"}[$__rate_interval]))`;
const errorRatio = `(${failed} or 0 * ${requests}) / ${requests}`;
/** Envoy counts in milliseconds. */
const latency = (share: number) =>
  `histogram_quantile(${share}, sum by (le) (rate(envoy_http_downstream_rq_time_bucket{${clients}}[$__rate_interval])))`;
const byRoute = (metric: string) => `sum by (envoy_cluster_name) (rate(${metric}{${routes}}[$__rate_interval]))`;

export const edge = dashboard(
  "murima-edge",
  "Edge",
  "Envoy, which every request from outside passes: what clients see, and what the routes behind it do.",
  [],
  [
    stat("Requests", "reqps", requests),
    stat("Errors", "percentunit", errorRatio, { warning: 0.01, critical: 0.05 }),
    stat("Latency, 95th percentile", "ms", latency(0.95), { warning: 1000, critical: 2000 }),
    stat("Proxies", "short", `sum(envoy_server_live{namespace="gateway"})`, {
      warning: 2,
      critical: 1,
      isFloor: true,
    }),
    lines("Requests by class of answer", "reqps", {
      "{{envoy_response_code_class}}xx": `sum by (envoy_response_code_class) (rate(envoy_http_downstream_rq_xx{${clients}}[$__rate_interval]))`,
    }),
    lines(
      "Latency as clients see it",
      "ms",
      { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
      { warning: 1000, critical: 2000 },
    ),
    lines("Requests by route", "reqps", { "{{envoy_cluster_name}}": byRoute("envoy_cluster_upstream_rq_total") }),
    lines(
      "Share of errors by route",
      "percentunit",
      {
        "{{envoy_cluster_name}}": `sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_xx{${routes}, envoy_response_code_class="5"}[$__rate_interval])) / ${byRoute("envoy_cluster_upstream_rq_total")}`,
      },
      { warning: 0.01, critical: 0.05 },
    ),
    lines("Latency by route, 95th percentile", "ms", {
      "{{envoy_cluster_name}}": `histogram_quantile(0.95, sum by (le, envoy_cluster_name) (rate(envoy_cluster_upstream_rq_time_bucket{${routes}}[$__rate_interval])))`,
    }),
    lines("Refused or too late, by route", "reqps", {
      "refused, {{envoy_cluster_name}}": byRoute("envoy_cluster_upstream_rq_pending_overflow"),
      "too late, {{envoy_cluster_name}}": byRoute("envoy_cluster_upstream_rq_timeout"),
    }),
    lines("Connections", "short", {
      "of clients, {{pod}}": `sum by (pod) (envoy_http_downstream_cx_active{${clients}})`,
      "to pods, {{pod}}": `sum by (pod) (envoy_cluster_upstream_cx_active{${routes}})`,
    }),
    lines(
      "Pods that answer, of all, by route",
      "percentunit",
      {
        "{{envoy_cluster_name}}": `min by (envoy_cluster_name) (envoy_cluster_membership_healthy{${routes}} / (envoy_cluster_membership_total{${routes}} > 0))`,
      },
      { warning: 1, critical: 0.5, isFloor: true },
    ),
    lines("Memory of a proxy", "bytes", {
      "{{pod}}": `max by (pod) (envoy_server_memory_allocated{namespace="gateway"})`,
    }),
    lines("Settings that proxies refused in an hour", "short", {
      refused: `sum(increase(xds_nack_total{namespace="envoy-gateway"}[1h]))`,
    }),
  ],
);
