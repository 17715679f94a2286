import { dashboard, variable } from "./dashboard.ts";
import { lines, stat, table } from "./panels.ts";

const classes = `tenant_class:envoy_cluster_upstream_rq:rate5m{tenant="$tenant"}`;
const failed = `tenant_class:envoy_cluster_upstream_rq:rate5m{tenant="$tenant", envoy_response_code_class="5"}`;
const errorRatio = `(sum(${failed}) or 0 * sum(${classes})) / sum(${classes})`;
const quota = (type: string) => `max by (resource) (kube_resourcequota{namespace="tenant-$tenant", type="${type}"})`;
/** A limit of none can't be divided by. */
const used = `${quota("used")} / (${quota("hard")} > 0)`;

export const tenant = dashboard(
  "murima-tenant",
  "Tenant",
  "What one customer sees at its hosts, and how much of its plan it uses.",
  [
    variable(
      "tenant",
      "Tenant",
      'label_values(kube_resourcequota{namespace=~"tenant-.+"}, namespace)',
      "/^tenant-(.+)$/",
    ),
  ],
  [
    stat("Requests", "reqps", `sum(${classes})`),
    stat("Errors", "percentunit", errorRatio, { warning: 0.01, critical: 0.05 }),
    stat("Quota used, at most", "percentunit", `max(${used})`, { warning: 0.8, critical: 0.9 }),
    stat("Pods", "short", `sum(kube_pod_status_phase{namespace="tenant-$tenant", phase="Running"})`),
    lines("Requests by class of answer", "reqps", {
      "{{envoy_response_code_class}}xx": `sum by (envoy_response_code_class) (${classes})`,
    }),
    lines("Share of errors", "percentunit", { errors: errorRatio }, { warning: 0.01, critical: 0.05 }),
    lines("Quota used", "percentunit", { "{{resource}}": used }, { warning: 0.8, critical: 0.9 }),
    table("Quota used, now", "percentunit", used, ["resource"], "used"),
    lines("Requests to services of its own", "reqps", {
      "{{job}}": `sum by (job) (rate(http_requests_total{namespace="tenant-$tenant"}[$__rate_interval]))`,
    }),
    lines("Errors of services of its own", "reqps", {
      "{{job}}": `sum by (job) (rate(http_requests_total{namespace="tenant-$tenant", status=~"5.."}[$__rate_interval]))`,
    }),
  ],
);
