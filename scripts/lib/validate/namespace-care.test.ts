import { describe, expect, test } from "bun:test";

import { deployment, said } from "../../../tests/support/rule.ts";

const prometheus =
  "{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: k8s, namespace: monitoring } }";
const namespace = (labels = "pod-security.kubernetes.io/enforce: restricted") =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: murima, labels: { ${labels} } } }`;
const monitor = (app = "app") =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: app }, spec: { selector: { matchLabels: { app: ${app} } }, podMetricsEndpoints: [{ port: metrics }] } }`;
const collector = (path = "/var/log/containers") => `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: logs }
spec:
  selector: { matchLabels: { app: logs } }
  template:
    metadata: { labels: { app: logs } }
    spec:
      containers: [{ name: logs, image: registry.example/logs:v1 }]
      volumes: [{ name: logs, hostPath: { path: ${path} } }]
`;
const claim = "{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data } }";
const schedule = (template: string, spec = "") =>
  `{ apiVersion: velero.io/v1, kind: Schedule, metadata: { name: daily }, spec: { schedule: 0 1 * * *, ${spec} template: { ${template} } } }`;

const saidOf = (...manifests: string[]) => said("namespace-care", namespace(), deployment(), ...manifests);
const unscraped = "runs pods, and Prometheus scrapes none of them";
const unkept = "has volumes that no Schedule of Velero keeps: PersistentVolumeClaim data";

describe("a namespace is cared for", () => {
  test("where Prometheus is ours; elsewhere nobody knows", async () => {
    expect(await saidOf(prometheus, monitor(), collector())).toEqual([]);
    expect(await saidOf(claim)).toEqual([]);
  });

  test("something of it is scraped, through a Service or by itself", async () => {
    expect(await saidOf(prometheus, collector())).toEqual([unscraped]);
    expect(await saidOf(prometheus, collector(), monitor("other"))).toEqual([unscraped]);
    const service =
      "{ apiVersion: v1, kind: Service, metadata: { name: app, labels: { app: app } }, spec: { selector: { app: app }, ports: [{ name: metrics, port: 9090 }] } }";
    const byService = monitor().replace("PodMonitor", "ServiceMonitor").replace("podMetricsEndpoints", "endpoints");
    expect(await saidOf(prometheus, collector(), byService)).toEqual([unscraped]);
    expect(await saidOf(prometheus, collector(), byService, service)).toEqual([]);
  });

  test("unless nothing runs in it for ever", async () => {
    const job = `
apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: once, image: registry.example/a:v1 }] } } }
`;
    expect(await said("namespace-care", namespace(), job, prometheus)).toEqual([
      expect.stringContaining("collects the logs"),
    ]);
  });

  test("its logs are read on the nodes", async () => {
    const unread = [expect.stringMatching(/^nothing on .+ collects the logs of its pods/) as unknown as string];
    expect(await saidOf(prometheus, monitor())).toEqual(unread);
    expect(await saidOf(prometheus, monitor(), collector("/var/lib"))).toEqual(unread);
    expect(await saidOf(prometheus, monitor(), collector("/var/log/"))).toEqual([]);
  });

  test("its volumes are kept by a Schedule that is on and means it", async () => {
    const keptBy = (...more: string[]) => saidOf(prometheus, monitor(), collector(), claim, ...more);
    expect(await keptBy()).toEqual([unkept]);
    expect(await keptBy(schedule("includedNamespaces: [gateway]"))).toEqual([unkept]);
    expect(await keptBy(schedule("includedNamespaces: ['*'], excludedNamespaces: [murima]"))).toEqual([unkept]);
    expect(await keptBy(schedule("includedNamespaces: [murima]", "paused: true,"))).toEqual([unkept]);
    for (const template of ["", "includedNamespaces: ['*']", "includedNamespaces: [murima]"])
      expect([template, await keptBy(schedule(template))]).toEqual([template, []]);
  });

  test("it enforces Pod Security restricted", async () => {
    const level = (labels: string) => said("pod-security", namespace(labels));
    expect(await level("app: a")).toEqual(["enforces no level of Pod Security"]);
    for (const other of ["baseline", "privileged"])
      expect(await level(`pod-security.kubernetes.io/enforce: ${other}`)).toEqual([
        `enforces Pod Security ${other}, not restricted`,
      ]);
    expect(await level("pod-security.kubernetes.io/enforce: restricted")).toEqual([]);
  });
});
