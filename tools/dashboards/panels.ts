/** Panels as all our dashboards have them: Prometheus by its fixed uid, a unit, thresholds, what stands in the legend. */
import { VizLegendOptionsBuilder, VizTooltipOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import * as common from "@grafana/grafana-foundation-sdk/common";
import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** As apps/addons/kube-prometheus/values.yaml provisions it. */
export const prometheus = { type: "prometheus", uid: "prometheus" };

/** Where a value becomes a warning, and where it is as bad as an alert. */
export interface Limits {
  warning: number;
  critical: number;
  /** Low values are the bad ones. */
  isFloor?: boolean;
}

function thresholds(limits: Limits | undefined) {
  const steps: Threshold[] =
    limits === undefined
      ? [{ value: null, color: "text" }]
      : limits.isFloor === true
        ? [
            { value: null, color: "red" },
            { value: limits.critical, color: "orange" },
            { value: limits.warning, color: "green" },
          ]
        : [
            { value: null, color: "green" },
            { value: limits.warning, color: "orange" },
            { value: limits.critical, color: "red" },
          ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

/** One number, as it is now: six fit in a line. */
export function stat(title: string, unit: string, expression: string, limits?: Limits) {
  return new StatBuilder()
    .title(title)
    .datasource(prometheus)
    .unit(unit)
    .thresholds(thresholds(limits))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .height(4)
    .span(6)
    .withTarget(new DataqueryBuilder().refId("A").datasource(prometheus).expr(expression).instant());
}

/** Lines over time: an expression for each legend. Two fit in a line. */
export function lines(title: string, unit: string, expressions: Readonly<Record<string, string>>, limits?: Limits) {
  const panel = new TimeseriesBuilder()
    .title(title)
    .datasource(prometheus)
    .unit(unit)
    .min(0)
    .thresholds(thresholds(limits))
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .height(8)
    .span(12);
  for (const [index, [legend, expression]] of Object.entries(expressions).entries())
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCodePoint(65 + index))
        .datasource(prometheus)
        .expr(expression)
        .legendFormat(legend)
        .range(),
    );
  return panel;
}

/** Rows as they are now, a column for each label named, and the value under a name. */
export function table(title: string, unit: string, expression: string, columns: readonly string[], value: string) {
  return new TableBuilder()
    .title(title)
    .datasource(prometheus)
    .unit(unit)
    .thresholds(thresholds(undefined))
    .height(8)
    .span(12)
    .withTarget(
      new DataqueryBuilder().refId("A").datasource(prometheus).expr(expression).format(PromQueryFormat.Table).instant(),
    )
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries([...columns, "Value"].map((column, index) => [column, index])),
        renameByName: { Value: value },
      },
    });
}
