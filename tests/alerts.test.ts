/** F8: alerts of services, played against series by Prometheus' own promtool. Skipped, and counted so, where there is none. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { type JsonObject, listAt, objectAt } from "../scripts/lib/core/json.ts";
import { playSeries, promtool, runPromtool } from "./support/alerts.ts";
import { find, type ServiceChart, serviceChart } from "./support/chart.ts";
import { objectsOf, sampleValidation } from "./support/sample.ts";

let chart: ServiceChart;
beforeAll(async () => {
  chart = await serviceChart();
});
afterAll(async () => {
  await chart[Symbol.asyncDispose]();
});

const workers = { worker: { command: ["node"] } };
const own = { facts: { tenant: "wonka" }, publicHost: "wonka.example", workers };

/** Groups of a copy of the service, under a name of their own: the shared one, and that of a tenant. */
async function groups(values: JsonObject, namespace: string): Promise<JsonObject[]> {
  const rule = find(await chart.render(values, namespace), "PrometheusRule", "case-service");
  return listAt(rule, "spec", "groups").map((group) => ({ ...objectAt({ group }, "group"), name: namespace }));
}

interface Case {
  series: Record<string, string>;
  alert: string;
  at: string;
  /** Labels of each alert that fires. */
  fires: Record<string, string>[];
}

/** Plays series against both copies' rules. */
async function play({ series, alert, at, fires }: Case) {
  const rules = [...(await groups({ workers }, "murima")), ...(await groups(own, "tenant-wonka"))];
  const annotations = rules
    .flatMap((group) => listAt(group, "rules"))
    .find((rule) => objectAt({ rule }, "rule")["alert"] === alert);
  return playSeries(rules, series, {
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert,
        exp_alerts: fires.map((labels) => ({
          exp_labels: labels,
          exp_annotations: objectAt(annotations, "annotations"),
        })),
      },
    ],
  });
}

const metric = (name: string, namespace: string, more = "") =>
  `${name}{namespace="${namespace}", job="case-service", pod="p1"${more}}`;
const shared = {
  severity: "critical",
  team: "services",
  service: "case-service",
  namespace: "murima",
  cluster: "dev-shared",
};
const wonka = { ...shared, namespace: "tenant-wonka", tenant: "wonka" };
const job = { job: "case-service" };
/** Both copies are scraped and answer. */
const up = {
  [metric("up", "murima")]: "1x40",
  [metric("up", "tenant-wonka")]: "1x40",
  'up{namespace="murima", job="murima/case-service-worker"}': "1x40",
  'up{namespace="tenant-wonka", job="tenant-wonka/case-service-worker"}': "1x40",
};

describe.skipIf(promtool === null)("alerts", () => {
  const cases: Record<string, Case> = {
    "both copies answer with errors: two alerts, which nothing takes for one": {
      series: Object.fromEntries(
        ["murima", "tenant-wonka"].flatMap((namespace) => [
          [metric("http_requests_total", namespace, ', status="200"'), "0+90x40"],
          [metric("http_requests_total", namespace, ', status="500"'), "0+10x40"],
        ]),
      ),
      alert: "HighErrorRate",
      at: "30m",
      fires: [
        { ...shared, ...job },
        { ...wonka, ...job },
      ],
    },
    "one copy does": {
      series: {
        [metric("http_requests_total", "murima", ', status="200"')]: "0+100x40",
        [metric("http_requests_total", "tenant-wonka", ', status="200"')]: "0+90x40",
        [metric("http_requests_total", "tenant-wonka", ', status="500"')]: "0+10x40",
      },
      alert: "HighErrorRate",
      at: "30m",
      fires: [{ ...wonka, ...job }],
    },
    "few errors are none": {
      series: {
        [metric("http_requests_total", "murima", ', status="200"')]: "0+100x40",
        [metric("http_requests_total", "murima", ', status="500"')]: "0+1x40",
      },
      alert: "HighErrorRate",
      at: "30m",
      fires: [],
    },
    "slow answers": {
      series: {
        [metric("http_request_duration_seconds_bucket", "murima", ', le="1"')]: "0+50x40",
        [metric("http_request_duration_seconds_bucket", "murima", ', le="4"')]: "0+100x40",
        [metric("http_request_duration_seconds_bucket", "murima", ', le="+Inf"')]: "0+100x40",
      },
      alert: "SlowAPIResponse",
      at: "30m",
      fires: [{ ...shared, ...job, severity: "warning" }],
    },
    "nobody is scraped: each copy is absent": { series: {}, alert: "ServiceAbsent", at: "10m", fires: [shared, wonka] },
    "one copy is gone": {
      series: { ...up, [metric("up", "tenant-wonka")]: "0x40" },
      alert: "ServiceAbsent",
      at: "10m",
      fires: [wonka],
    },
    "all are there": { series: up, alert: "ServiceAbsent", at: "10m", fires: [] },
    "a worker is gone": {
      series: { ...up, 'up{namespace="murima", job="murima/case-service-worker"}': "0x40" },
      alert: "WorkerAbsent",
      at: "10m",
      fires: [{ ...shared, worker: "worker" }],
    },
  };
  for (const [name, played] of Object.entries(cases))
    test(name, async () => {
      const { code, said } = await play(played);
      expect([code, said]).toEqual([0, expect.stringContaining("SUCCESS")]);
    });

  test("promtool takes every rule of the fleet", async () => {
    const rules = objectsOf(await sampleValidation(), "PrometheusRule");
    expect(rules.length).toBeGreaterThan(15);
    // Clusters have the same groups of platform and stores; promtool would call them duplicates.
    const all = new Map(
      rules
        .flatMap(({ object }) => listAt(object.object, "spec", "groups"))
        .map((group) => [JSON.stringify(group), group] as const),
    );
    const groups = [...all.values()].map((group, index) => ({ ...objectAt({ group }, "group"), name: `${index}` }));
    const { code, said } = await runPromtool("check", { "rules.yaml": { groups } });
    expect([code, said]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });
});

test("a service without an exporter has no alert that would fire for ever", async () => {
  const objects = await chart.render({ monitoring: { enabled: false }, workers });
  const kinds = objects.map(({ kind }) => kind);
  for (const kind of ["PrometheusRule", "ServiceMonitor", "PodMonitor"]) expect(kinds).not.toContain(kind);
  expect(JSON.stringify(objects)).not.toMatch(/"(name|port|targetPort)":"metrics"/);
});
