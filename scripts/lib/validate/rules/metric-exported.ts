import { isObject, type Json, stringAt } from "../../core/json.ts";
import { suggest } from "../../core/suggest.ts";
import { prometheusRules } from "../../fleet/alerts.ts";
import { dashboards } from "../../fleet/dashboards.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { knownMetrics } from "../../fleet/metrics.ts";
import { wholeMonitoring } from "../../fleet/monitors.ts";
import type { DeployedObject } from "../../fleet/objects.ts";
import { metricsOf } from "../../model/promql.ts";
import { documentFile } from "../../repo/document-kinds.ts";
import type { Rule } from "../rule.ts";

const catalogue = documentFile("Metrics", {});

export const metricExported: Rule = {
  id: "metric-exported",
  severity: "error",
  needs: "clusters",
  holds: `Every metric that an alert, a recording rule or a dashboard of ours asks for is exported by something that its cluster scrapes, as ${catalogue} lists it, or recorded there.`,
  because: "A query over a metric that nobody exports is empty: the alert never fires, and nothing says so (D-49).",
  cannotJudge: ({ documents }) =>
    documents.metrics === undefined
      ? { what: "whether metrics of alerts are exported", reason: `there is no ${catalogue}` }
      : undefined,
  *check(fleet) {
    const { metrics } = fleet.documents;
    if (metrics === undefined) return;
    const known = knownMetrics(fleet, metrics.document);
    const isWhole = wholeMonitoring(fleet);
    for (const { deployed, name, expression } of [...queriesOfRules(fleet), ...queriesOfDashboards(fleet)]) {
      for (const metric of metricsOf(expression)) {
        const { cluster } = deployed;
        const exporter = known.exporterOf(metric);
        const isMissing =
          exporter === undefined ? !known.isRecorded(cluster, metric) : !known.isScraped(cluster, exporter);
        const isUnseen = !isWhole.has(cluster) && (exporter !== undefined || metric.includes(":"));
        if (!isMissing || isUnseen) continue;
        const meant = suggest(metric, known.names);
        yield {
          ...deployed.at,
          ...placeOf(fleet, deployed, metric),
          message:
            exporter === undefined
              ? `${name} asks for ${metric}, which nothing exports`
              : `${name} asks for ${metric} of ${exporter.name}, which ${cluster} does not scrape`,
          fix:
            exporter === undefined
              ? `${meant === undefined ? "" : `did you mean ${meant}? Else `}add it to its exporter in ${catalogue}`
              : `put the rule where its exporter is, or scrape it: ${exporter.monitors!.join(", ")}`,
        };
      }
    }
  },
};

interface Query {
  deployed: DeployedObject;
  name: string;
  expression: string;
}

function queriesOfRules(fleet: Fleet): Query[] {
  return prometheusRules(fleet).filter(({ isOurs }) => isOurs);
}

function queriesOfDashboards(fleet: Fleet): Query[] {
  return dashboards(fleet).flatMap(({ deployed, name, model }) =>
    expressionsOf(model).map((expression) => ({ deployed, name, expression })),
  );
}

/** Every "expr" of a dashboard, with a duration for each of Grafana's variables. */
function expressionsOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(expressionsOf);
  if (!isObject(value)) return [];
  const own = stringAt(value, "expr");
  return [
    ...(own === undefined ? [] : [own.replaceAll(/\$\{?\w+(:\w+)?\}?/g, "5m")]),
    ...Object.values(value).flatMap(expressionsOf),
  ];
}

/** The line that says its name, where the file is known. */
function placeOf({ tree }: Fleet, { at: { file } }: DeployedObject, metric: string): { line?: number } {
  if (file === undefined || !tree.has(file)) return {};
  const line = tree
    .text(file)
    .split("\n")
    .findIndex((text) => new RegExp(`(^|[^\\w:])${metric}($|[^\\w:])`).test(text));
  return line < 0 ? {} : { line: line + 1 };
}
