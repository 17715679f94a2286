/** A dashboard as all of ours are: read-only, a fixed uid, the way to the runbook, ids by position. */
import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";

import { prometheus } from "./panels.ts";

const runbook = "https://github.com/murima2025/gitops/blob/main/docs/runbooks/alerts.md";
const tag = "murima";

/** What can be chosen at the top: values of a label, by a query of Grafana's own. */
export function variable(name: string, label: string, query: string, regex = "") {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheus)
    .query({ query, refId: name })
    .definition(query)
    .regex(regex)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

type PanelBuilder = cog.Builder<Panel>;

export function dashboard(
  uid: string,
  title: string,
  description: string,
  variables: readonly ReturnType<typeof variable>[],
  panels: readonly PanelBuilder[],
): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .readonly()
    .timezone("utc")
    .time({ from: "now-6h", to: "now" })
    .refresh("1m")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder("Runbook of alerts")
        .type(DashboardLinkType.Link)
        .icon("doc")
        .tooltip("What an alert means, where to look, what to do")
        .url(runbook)
        .targetBlank(true),
    )
    .link(new DashboardLinkBuilder("Dashboards").type(DashboardLinkType.Dashboards).tags([tag]).keepTime(true))
    .variables([...variables]);
  for (const panel of panels) builder.withPanel(panel);
  const built = builder.build();
  for (const [index, panel] of (built.panels ?? []).entries()) if ("targets" in panel) panel.id = index + 1;
  return built;
}
