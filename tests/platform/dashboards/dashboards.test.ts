/** Dashboards as Grafana is given them, and every query of theirs asked of Prometheus' own program. */
import { beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import { type JsonObject, listAt, objectAt, stringAt } from "../../../scripts/lib/core/json.ts";
import { metricsOf } from "../../../scripts/lib/model/promql.ts";
import { dashboardFiles } from "../../../tools/dashboards/dashboards.ts";
import { alertRules, playSeries, promtool, rendered } from "../../support/alerts.ts";
import { hasResult, queriesOf, type Query, shapeFaults } from "../../support/dashboards.ts";
import { checkout, cluster } from "../../support/fleet.ts";
import { said } from "../../support/rule.ts";

const files = dashboardFiles();
const nameOf = (file: string) => path.basename(file, ".json");
const dashboardOf = (file: string) => JSON.parse(files.get(file)!) as JsonObject;
const read = async (file: string) => Bun.YAML.parse(await Bun.file(path.join(checkout, file)).text()) as JsonObject;

interface Sample {
  variables: Record<string, string>;
  series: Record<string, string>;
}
const sampleOf = async (file: string) =>
  (await read(`tests/platform/dashboards/series/${nameOf(file)}.yaml`)) as unknown as Sample;

let grafana: JsonObject;
let groups: JsonObject[];
beforeAll(async () => {
  grafana = objectAt(await read("apps/addons/kube-prometheus/values.yaml"), "objects");
  groups = (await alertRules()).get("tenants")!;
});

test("what is committed is what the generator makes", async () => {
  const folder = new Bun.Glob("apps/platform/dashboards/**/*.json");
  expect([...folder.scanSync(checkout)].toSorted()).toEqual([...files.keys()].toSorted());
  for (const [file, text] of files) {
    const committed = await Bun.file(path.join(checkout, file)).text();
    expect([file, committed === text]).toEqual([file, true]);
  }
});

test("Grafana is given every dashboard where it looks for them", async () => {
  const objects = await rendered([`clusters/${cluster.onPremises}/platform/dashboards`]);
  const given = objects.flatMap((object) => Object.entries(objectAt(object, "data")));
  expect(Object.fromEntries(given)).toEqual(
    Object.fromEntries([...files].map(([file, text]) => [path.basename(file), text])),
  );
  expect(new Set(objects.map((object) => stringAt(object, "metadata", "namespace")))).toEqual(new Set(["monitoring"]));
  const pod = objectAt(grafana, "Deployment/grafana", "spec", "template", "spec");
  const volume = listAt(pod, "volumes").find((one) => stringAt(one, "name") === "dashboards");
  const sources = listAt(volume, "projected", "sources").map((one) => stringAt(one, "configMap", "name")!);
  expect(objects.map((object) => stringAt(object, "metadata", "name")!).toSorted()).toEqual(sources.toSorted());
  const mounts = listAt(pod, "containers").flatMap((one) => listAt(one, "volumeMounts"));
  const mount = mounts.find((one) => stringAt(one, "name") === "dashboards");
  const data = objectAt(grafana, "ConfigMap/grafana", "data");
  const provider = Bun.YAML.parse(stringAt(data, "dashboards.yaml")!) as JsonObject;
  expect(listAt(provider, "providers").map((one) => stringAt(one, "options", "path"))).toEqual([
    stringAt(mount, "mountPath"),
  ]);
});

test("uids are one each", () => {
  const uids = [...files.keys()].map((file) => stringAt(dashboardOf(file), "uid"));
  expect(new Set(uids).size).toBe(uids.length);
});

for (const file of files.keys())
  test(`${nameOf(file)} has the shape that provisioning takes, and leads to the runbook`, async () => {
    expect(shapeFaults(file, dashboardOf(file))).toEqual([]);
    const links = listAt(dashboardOf(file), "links").map((link) => stringAt(link, "url"));
    const page = "docs/runbooks/alerts.md";
    expect(links.some((url) => url?.endsWith(`/blob/main/${page}`))).toBe(true);
    expect(await Bun.file(path.join(checkout, page)).exists()).toBe(true);
  });

test("a fault of shape is named with its file and panel", () => {
  const bad = (change: (dashboard: JsonObject, panels: JsonObject[]) => void) => {
    const dashboard = dashboardOf("apps/platform/dashboards/edge.json");
    change(dashboard, listAt(dashboard, "panels") as JsonObject[]);
    return shapeFaults("edge.json", dashboard);
  };

  expect(bad((_, [first, second]) => (second!["id"] = first!["id"]!))[0]).toContain("ids of panels are not one each");
  expect(bad((_, [first, second]) => (second!["gridPos"] = first!["gridPos"]!))).toEqual([
    "edge.json: panels Requests and Errors lie on each other",
  ]);
  expect(bad((_, [first]) => (first!["type"] = "graph"))[0]).toContain("is of type graph");
  expect(bad((_, [first]) => (first!["targets"] = []))).toEqual(["edge.json: panel Requests has an empty query"]);
  const wrapped = { dashboard: dashboardOf("apps/platform/dashboards/edge.json") };
  expect(shapeFaults("edge.json", wrapped)[0]).toContain("wrapped");
});

test("what asks a datasource that Grafana is not given is named, in rows and by variables too", async () => {
  const map = (name: string, data: JsonObject, labels: JsonObject = {}) =>
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data });
  const given = map("grafana", objectAt(grafana, "ConfigMap/grafana", "data"));
  const saidOf = (change: (panels: JsonObject[], dashboard: JsonObject) => void) => {
    const dashboard = dashboardOf("apps/platform/dashboards/services.json");
    change(listAt(dashboard, "panels") as JsonObject[], dashboard);
    const shown = map("dashboards", { "services.json": JSON.stringify(dashboard) }, { grafana_dashboard: "1" });
    return said("dashboard-datasource", given, shown);
  };
  const other = (one: JsonObject) => ((one["datasource"] as JsonObject)["uid"] = "thanos");
  const targetsOf = (panel: JsonObject) => listAt(panel, "targets") as JsonObject[];
  expect(await saidOf(() => {})).toEqual([]);
  expect(await saidOf(([first]) => targetsOf(first!).forEach(other))).toEqual([
    expect.stringMatching(/^panel .+ of services\.json asks the datasource thanos, which Grafana of .+ is not given$/),
  ]);
  const bare = (panel: JsonObject) => [panel, ...targetsOf(panel)].forEach((one) => delete one["datasource"]);
  expect(await saidOf(([first]) => bare(first!))).toEqual([expect.stringContaining("names no datasource")]);
  const inRow = (panels: JsonObject[]) => {
    targetsOf(panels[0]!).forEach(other);
    panels[0] = { type: "row", title: "row", panels: [panels[0]!] };
  };
  expect(await saidOf(inRow)).toEqual([expect.stringContaining("asks the datasource thanos")]);
  const variablesOf = (dashboard: JsonObject) => listAt(dashboard, "templating", "list") as JsonObject[];
  expect(await saidOf((_, dashboard) => other(variablesOf(dashboard)[0]!))).toEqual([
    expect.stringContaining("variable namespace of services.json asks the datasource thanos"),
  ]);
  // A variable that stands for a datasource is its value; a panel's own datasource is its queries'.
  const byVariable = (value: string) => (panels: JsonObject[], dashboard: JsonObject) => {
    targetsOf(panels[0]!).forEach((target) => delete target["datasource"]);
    (panels[0]!["datasource"] as JsonObject)["uid"] = "${from}";
    variablesOf(dashboard).push({ name: "from", type: "datasource", current: { value } });
  };
  expect(await saidOf(byVariable("prometheus"))).toEqual([]);
  expect(await saidOf(byVariable("thanos"))).toEqual([expect.stringContaining("asks the datasource thanos")]);
});

/** Asks Prometheus after an hour of a sample, with the recording rules of tenants. */
async function ask({ series }: Sample, queries: readonly Query[]) {
  const recording = groups.map((group) => ({
    ...group,
    rules: listAt(group, "rules").filter((rule) => stringAt(rule, "record") !== undefined),
  }));
  return playSeries(recording, series, {
    promql_expr_test: queries.map((query) => ({
      expr: hasResult(query),
      eval_time: "1h",
      exp_samples: [{ labels: "{}", value: 1 }],
    })),
  });
}

describe.skipIf(promtool === null)("every query gives a result", () => {
  for (const file of files.keys())
    test(nameOf(file), async () => {
      const sample = await sampleOf(file);
      const { code, said } = await ask(sample, queriesOf(dashboardOf(file), sample.variables));
      expect([code, said]).toEqual([0, expect.stringContaining("SUCCESS")]);
    });

  for (const [what, change] of Object.entries<(text: string) => string>({
    "a metric": (text) => text.replaceAll("envoy_server_live", "envoy_server_alive"),
    "a label": (text) => text.replaceAll("envoy_http_conn_manager_prefix", "envoy_conn_manager_prefix"),
    "a label that is summed by": (text) => text.replaceAll("by (pod)", "by (instance)"),
    "a label of a legend": (text) => text.replaceAll("{{pod}}", "{{instance}}"),
    "a label beside an or": (text) => text.replaceAll("health_status=~", "health=~"),
    "a value": (text) => text.replaceAll("httproute/", "route/"),
  }))
    test(`and one with ${what} misspelt gives none`, async () => {
      const file = [...files.keys()].find((one) => change(files.get(one)!) !== files.get(one))!;
      const sample = await sampleOf(file);
      const misspelt = JSON.parse(change(files.get(file)!)) as JsonObject;
      const { code, said } = await ask(sample, queriesOf(misspelt, sample.variables));
      expect([code, said]).toEqual([1, expect.stringContaining("FAILED")]);
    });
});

test("samples are of metrics that are exported", async () => {
  const catalogue = await read("apps/metrics.yaml");
  const known = new Set(listAt(catalogue, "spec", "exporters").flatMap((one) => listAt(one, "metrics")));
  for (const file of files.keys()) {
    const sampled = Object.keys((await sampleOf(file)).series).flatMap(metricsOf);
    expect([file, sampled.filter((metric) => !known.has(metric))]).toEqual([file, []]);
  }
});
