/** What the service chart makes of values: workloads, Jobs and what each of them sees. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { at, type Json, type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { environmentOf, find, type ServiceChart, serviceChart } from "./support/chart.ts";

let chart: ServiceChart;
beforeAll(async () => {
  chart = await serviceChart();
});
afterAll(async () => {
  await chart[Symbol.asyncDispose]();
});

/** What the program says of values that do not render. */
const refusalOf = (values: JsonObject) =>
  chart.render(values).then(
    () => "nothing",
    (error: unknown) => (error as Error).message,
  );

const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "20m", memory: "32Mi" } };
const podOf = (object: Json | undefined) =>
  objectAt(
    object,
    "spec",
    ...(stringAt(object, "kind") === "CronJob" ? ["jobTemplate", "spec"] : []),
    "template",
    "spec",
  );
const containerOf = (object: Json | undefined) => at(podOf(object), "containers", 0);
const secretsOf = (object: Json | undefined) =>
  Object.values(environmentOf(containerOf(object)))
    .flatMap((value) => /^[a-z0-9-]+\/[a-zA-Z]+$/.exec(value)?.[0].split("/")[0] ?? [])
    .toSorted();

const secrets: JsonObject = {
  dependsOn: { stores: ["mongodb", "postgresql", "redis"], services: ["auth-service"] },
  config: {
    jwt: { privateKeySecret: { name: "case-service-jwt", key: "privateKey" } },
    encryption: {
      enabled: true,
      keySecret: { name: "case-service-encryption", key: "key" },
      sensitivePIIFields: ["a"],
    },
    oauth: { providers: { google: { enabled: true, secret: "case-service-google" } } },
  },
};
const allSecrets = [
  "case-service-encryption",
  "case-service-google",
  "case-service-jwt",
  "case-service-mongodb",
  "case-service-postgresql",
  "case-service-redis",
];

describe("workers", () => {
  const values: JsonObject = {
    ...secrets,
    serviceAccount: { annotations: { "a.example/role": "r" } },
    workers: {
      worker: { command: ["node", "dist/worker.js"] },
      slow: { command: ["node", "x"], replicas: 2, autoscaling: { enabled: false }, resources, drainSeconds: 0 },
    },
  };

  test("run the same image with a command, and have of the service what they do not state", async () => {
    expect(chart.violations(values)).toEqual([]);
    const objects = await chart.render(values);
    const [own, worker, slow] = ["case-service", "case-service-worker", "case-service-slow"].map((name) =>
      find(objects, "Deployment", name),
    );
    expect(at(containerOf(worker), "command")).toEqual(["node", "dist/worker.js"]);
    for (const field of ["image", "resources", "readinessProbe", "envFrom", "env", "volumeMounts"])
      expect([field, at(containerOf(worker), field)]).toEqual([field, at(containerOf(own), field)]);
    expect([podOf(worker)["serviceAccountName"], at(containerOf(own), "command")]).toEqual(["case-service", undefined]);
    expect([at(slow, "spec", "replicas"), at(containerOf(slow), "resources"), at(worker, "spec", "replicas")]).toEqual([
      2,
      resources,
      undefined,
    ]);
    expect(podOf(slow)["terminationGracePeriodSeconds"]).toBe(30);
    for (const kind of ["HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "PodMonitor"])
      expect([kind, find(objects, kind, "case-service-worker") !== undefined]).toEqual([kind, true]);
    expect(find(objects, "HorizontalPodAutoscaler", "case-service-slow")).toBeUndefined();
  });

  test("have no Service, no route and no callers, and reach what the service reaches", async () => {
    const objects = await chart.render(values);
    const [own, worker] = ["case-service", "case-service-worker"].map((name) => find(objects, "NetworkPolicy", name)!);
    expect(listAt(worker, "spec", "egress")).toEqual(listAt(own, "spec", "egress"));
    expect(listAt(worker, "spec", "ingress").map((rule) => listAt(rule, "ports"))).toEqual([
      [{ protocol: "TCP", port: "metrics" }],
    ]);
    expect(objects.filter(({ kind }) => kind === "Service")).toHaveLength(1);
    const labels = objectAt(
      find(objects, "Deployment", "case-service-worker"),
      "spec",
      "template",
      "metadata",
      "labels",
    );
    expect(labels["calls.murima2025.com/auth-service"]).toBe("true");
    for (const kind of ["Service", "PodDisruptionBudget"]) {
      const selector = objectAt(find(objects, kind, "case-service"), "spec", "selector");
      expect(JSON.stringify(selector)).not.toContain(stringAt(labels, "app.kubernetes.io/name")!);
    }
  });

  test("are called nothing that the chart calls something else", () => {
    for (const name of ["migration", "test-data", "env", "Worker", "a".repeat(21)])
      expect([name, chart.violations({ workers: { [name]: { command: ["x"] } } }).length > 0]).toEqual([name, true]);
  });
});

describe("cron jobs", () => {
  const job = { schedule: "*/15 1-5 * * 1-5", command: ["node", "report"], resources };

  test("run one at a time, within deadlines, with what they name and nothing else (F10)", async () => {
    const values = { ...secrets, cronJobs: { report: { ...job, stores: ["mongodb"], services: ["auth-service"] } } };
    expect(chart.violations(values)).toEqual([]);
    const objects = await chart.render(values);
    const cron = find(objects, "CronJob", "case-service-report");
    expect(at(cron, "spec")).toMatchObject({
      schedule: "*/15 1-5 * * 1-5",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { activeDeadlineSeconds: 900, backoffLimit: 2 } },
    });
    expect(secretsOf(cron)).toEqual(["case-service-mongodb"]);
    expect(at(containerOf(cron), "resources")).toEqual(resources);
    const policy = find(objects, "NetworkPolicy", "case-service-report");
    expect(listAt(policy, "spec", "egress")).toHaveLength(2);
    expect(at(policy, "metadata", "annotations")).toBeUndefined();
  });

  test.each([
    "@daily",
    "* * * *",
    "60 * * * *",
    "0 24 * * *",
    "0 0 0 * *",
    "0 0 * 13 *",
    "0 0 * * 7",
    "* * * * * *",
    "x",
  ])("never by %j", (schedule) => {
    expect(chart.violations({ cronJobs: { report: { ...job, schedule } } })).not.toEqual([]);
  });
  test.each(["0 3 * * *", "*/5 * * * *", "0,30 8-18 * * 1-5", "15 2 1 */3 *"])("by %j", (schedule) => {
    expect(chart.violations({ cronJobs: { report: { ...job, schedule } } })).toEqual([]);
  });

  test("ask for nothing that the service has not, and have a name that a CronJob may have", async () => {
    const refusal = await refusalOf({ cronJobs: { report: { ...job, stores: ["mongodb"] } } });
    expect(refusal).toContain("cronJobs.report.stores names mongodb, which is not in dependsOn.stores");
  });
});

describe("F10: Jobs see what they name", () => {
  test("a migration its stores', test data what it states, the service all of its own", async () => {
    const values = {
      ...secrets,
      testData: { enabled: true, command: ["node"], stores: ["mongodb"], secrets: ["encryption"] },
    };
    const objects = await chart.render(values);
    expect([...new Set(secretsOf(find(objects, "Deployment", "case-service")))]).toEqual(allSecrets);
    const migration = find(objects, "Job", "case-service-migration");
    expect(secretsOf(migration)).toEqual(["case-service-postgresql-migration"]);
    const names = Object.keys(environmentOf(containerOf(migration)));
    expect(names.filter((name) => /^(MONGODB|REDIS|AUTH_SERVICE|OAUTH|JWT|ENCRYPTION)/.test(name))).toEqual([]);
    expect(listAt(find(objects, "NetworkPolicy", "case-service-migration"), "spec", "egress")).toHaveLength(1);
    const data = find(objects, "Job", "case-service-test-data");
    expect(secretsOf(data)).toEqual(["case-service-encryption", "case-service-mongodb"]);
  });

  test("and name only what the service has", async () => {
    const refusal = await refusalOf({ ...secrets, migration: { stores: ["rabbitmq"] } });
    expect(refusal).toContain("migration.stores names rabbitmq");
  });
});

test("A3.5, A3.6: three paths for three probes, and a priority class of the platform", async () => {
  const container = containerOf(
    find(await chart.render({ probes: { readyPath: "/ready" } }), "Deployment", "case-service"),
  );
  expect(
    ["livenessProbe", "readinessProbe", "startupProbe"].map((probe) => stringAt(container, probe, "httpGet", "path")),
  ).toEqual(["/health/live", "/ready", "/health/live"]);
  const pod = podOf(find(await chart.render({ priorityClassName: "murima-critical" }), "Deployment", "case-service"));
  expect(pod["priorityClassName"]).toBe("murima-critical");
  expect(chart.violations({ priorityClassName: "system-node-critical" })).not.toEqual([]);
});
