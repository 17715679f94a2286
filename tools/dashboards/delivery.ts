import { dashboard } from "./dashboard.ts";
import { lines, stat, table } from "./panels.ts";

const applications = (labels: string) => `count(argocd_app_info{namespace="argocd"${labels}}) or vector(0)`;
const buckets = (metric: string, more = "") =>
  `histogram_quantile(0.95, sum by (le${more}) (rate(${metric}{namespace="argocd"}[$__rate_interval])))`;

export const delivery = dashboard(
  "murima-delivery",
  "Delivery",
  "Argo CD: what is not as Git says, how long syncs take, and what waits.",
  [],
  [
    stat("Applications", "short", applications("")),
    stat("Not in sync", "short", applications(', sync_status!="Synced"'), { warning: 1, critical: 5 }),
    stat("Degraded or missing", "short", applications(', health_status=~"Degraded|Missing"'), {
      warning: 1,
      critical: 3,
    }),
    stat("Syncs that failed in a day", "short", `sum(increase(argocd_app_sync_total{phase=~"Error|Failed"}[1d]))`, {
      warning: 1,
      critical: 10,
    }),
    lines("Applications by sync status", "short", {
      "{{sync_status}}": `count by (sync_status) (argocd_app_info{namespace="argocd"})`,
    }),
    lines("Applications by health", "short", {
      "{{health_status}}": `count by (health_status) (argocd_app_info{namespace="argocd"})`,
    }),
    table(
      "Not in sync, or not healthy",
      "short",
      `max by (name, project, sync_status, health_status) (argocd_app_info{sync_status!="Synced"} or argocd_app_info{health_status!="Healthy"})`,
      ["name", "project", "sync_status", "health_status"],
      "applications",
    ),
    lines("Duration of a sync, mean of an hour", "s", {
      "{{name}}": `sum by (name) (increase(argocd_app_sync_duration_seconds_total[1h])) / (sum by (name) (increase(argocd_app_sync_total[1h])) > 0)`,
    }),
    lines("Syncs in an hour", "short", { "{{phase}}": `sum by (phase) (increase(argocd_app_sync_total[1h]))` }),
    lines("Reconciliation, 95th percentile", "s", {
      applications: buckets("argocd_app_reconcile_bucket"),
      "sets, {{name}}": buckets("argocd_appset_reconcile_bucket", ", name"),
    }),
    lines("Reconciliations", "ops", { applications: `sum(rate(argocd_app_reconcile_count[$__rate_interval]))` }),
    lines("What waits", "short", {
      "calls of kubectl": `sum(argocd_kubectl_exec_pending)`,
      "requests to the repository server": `sum(argocd_repo_pending_request_total)`,
    }),
    lines("Git, 95th percentile", "s", {
      "{{request_type}}": buckets("argocd_git_request_duration_seconds_bucket", ", request_type"),
    }),
    lines("Git requests that failed in an hour", "short", {
      "ls-remote, {{repo}}": `sum by (repo) (increase(argocd_git_lsremote_fail_total[1h]))`,
      "fetch, {{repo}}": `sum by (repo) (increase(argocd_git_fetch_fail_total[1h]))`,
    }),
  ],
);
