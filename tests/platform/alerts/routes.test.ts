/** Whom alerts reach, asked of Alertmanager's own programs. Skipped, and counted so, where there are none. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../../scripts/lib/core/json.ts";
import { alertmanagerYaml, muted } from "../../support/alertmanager.ts";
import { alertRules, alertsOf, routesByMail } from "../../support/alerts.ts";
import { find, serviceChart } from "../../support/chart.ts";
import { repository, type TestRepository } from "../../support/repository.ts";

const amtool = Bun.which("amtool");
const alertmanager = Bun.which("prometheus-alertmanager") ?? Bun.which("alertmanager");
const times = ["day", "night"] as const;

let folder: TestRepository;
let config: JsonObject;
beforeAll(async () => {
  config = await routesByMail();
  folder = await repository(
    Object.fromEntries(times.map((time) => [`${time}.yml`, JSON.stringify(alertmanagerYaml(parts(), time))])),
  );
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

const parts = () => ({ spec: objectAt(config, "spec") });

async function amtoolSays(...argv: string[]) {
  const child = Bun.spawn([amtool!, ...argv], { stdout: "pipe", stderr: "pipe", env: { HOME: folder.root } });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout: stdout.trim(), said: `${stdout}${stderr}` };
}

async function receiverOf(labels: Record<string, string>, time: (typeof times)[number]): Promise<string> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const { stdout } = await amtoolSays(
    "config",
    "routes",
    "test",
    `--config.file=${path.join(folder.root, `${time}.yml`)}`,
    ...pairs,
  );
  return stdout;
}

describe.skipIf(amtool === null)("amtool", () => {
  test("takes the configuration", async () => {
    const { code, said } = await amtoolSays("check-config", path.join(folder.root, "day.yml"));
    expect([code, said]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });

  test("every alert of ours reaches whom it should, by day and by night", async () => {
    await using chart = await serviceChart();
    const service = find(await chart.render({}), "PrometheusRule", "case-service");
    const groups = [
      ...[...(await alertRules()).values()].flat(),
      ...listAt(service, "spec", "groups").filter(isObject),
    ];
    const wrong: unknown[] = [];
    for (const alert of alertsOf(groups)) {
      const name = stringAt(alert, "alert")!;
      const { severity, team } = objectAt(alert, "labels") as { severity: string; team: string };
      const labels = { alertname: name, severity, team };
      const reached = [await receiverOf(labels, "day"), await receiverOf(labels, "night")];
      const meant = severity === "critical" ? ["oncall", "oncall"] : [team, muted];
      if (reached.join(" ") !== meant.join(" ")) wrong.push({ name, severity, reached, meant });
    }
    expect(wrong).toEqual([]);
  });

  const others = {
    "the watchdog, at any hour": [{ alertname: "Watchdog", severity: "none" }, "watchdog", "watchdog"],
    "what only informs": [{ alertname: "CPUThrottlingHigh", severity: "info" }, "nobody", "nobody"],
    "a warning of upstream's": [{ alertname: "KubePodNotReady", severity: "warning" }, "platform", muted],
    "what is critical of upstream's": [{ alertname: "KubeAPIDown", severity: "critical" }, "oncall", "oncall"],
  } as const;
  for (const [name, [labels, day, night]] of Object.entries(others))
    test(name, async () => {
      expect([await receiverOf(labels, "day"), await receiverOf(labels, "night")]).toEqual([day, night]);
    });
});

test("hours, addresses and hosts are those of the facts", () => {
  const { spec } = parts();
  expect(listAt(spec, "muteTimeIntervals", 0, "timeIntervals")).toEqual([
    { weekdays: ["monday:friday"], times: [{ startTime: "06:00", endTime: "17:00" }] },
  ]);
  const mails = listAt(spec, "receivers").flatMap((receiver) =>
    listAt(receiver, "emailConfigs").map((mail) => [
      stringAt(receiver, "name"),
      stringAt(mail, "to"),
      stringAt(mail, "smarthost"),
    ]),
  );
  expect(mails).toEqual([
    ...["oncall", "delivery", "platform", "services", "stores"].map((name) => [
      name,
      `${name}@site.example`,
      "smtp.site.example:587",
    ]),
    ["support", "support@murima2025.com", "smtp.site.example:587"],
  ]);
});

describe.skipIf(alertmanager === null)("Alertmanager", () => {
  const critical = { severity: "critical", cluster: "a" };
  const warning = { severity: "warning", cluster: "a" };
  /** By name: what fires beside it, what is silent then, and what is not. */
  const cases: Record<
    string,
    { cause: Record<string, string>; silent: Record<string, string>; heard: Record<string, string> }
  > = {
    "the worse of two, of one certificate": {
      cause: { ...critical, alertname: "CertificateExpires", namespace: "gateway", name: "public" },
      silent: { ...warning, alertname: "CertificateExpires", namespace: "gateway", name: "public" },
      heard: { ...warning, alertname: "CertificateExpires", namespace: "gateway", name: "another" },
    },
    "what everybody suffers from, on that cluster": {
      cause: { ...critical, alertname: "EdgeErrors", namespace: "gateway" },
      silent: { ...critical, alertname: "TenantErrors", namespace: "tenant-wonka", tenant: "wonka" },
      heard: { ...critical, alertname: "TenantErrors", namespace: "tenant-wonka", tenant: "wonka", cluster: "b" },
    },
    "a store that is gone": {
      cause: { ...critical, alertname: "PostgreSQLWithoutPrimary", namespace: "stores" },
      silent: { ...critical, alertname: "HighErrorRate", namespace: "murima", job: "case-service" },
      heard: { ...critical, alertname: "ServiceAbsent", namespace: "murima" },
    },
    "a node that is lost": {
      cause: { ...warning, alertname: "KubeNodeNotReady", node: "n1" },
      silent: { ...warning, alertname: "KubePodNotReady", namespace: "murima", pod: "p" },
      heard: { ...warning, alertname: "PostgreSQLInstanceDown", namespace: "stores", pod: "p" },
    },
  };
  for (const [name, { cause, silent, heard }] of Object.entries(cases))
    test(`silences what follows: ${name}`, async () => {
      await using running = await startAlertmanager();
      await running.send([silent, heard]);
      expect(await running.suppressed()).toEqual([]);

      await running.send([cause]);

      // Inhibition follows an alert by way of a channel of its own.
      await until(async () => (await running.suppressed()).length > 0);
      expect(await running.suppressed()).toEqual([silent]);
    });
});

async function startAlertmanager() {
  const port = freePort();
  const child = Bun.spawn(
    [
      alertmanager!,
      `--config.file=${path.join(folder.root, "day.yml")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
      `--storage.path=${path.join(folder.root, `storage-${port}`)}`,
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  const api = `${url}/api/v2/alerts`;
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isReady);
  return {
    async send(alerts: readonly Record<string, string>[]) {
      const { status } = await fetch(api, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(alerts.map((labels) => ({ labels }))),
      });
      expect(status).toBe(200);
    },
    /** Labels of those that another silences. */
    async suppressed(): Promise<Record<string, string>[]> {
      const all = (await (await fetch(api)).json()) as {
        labels: Record<string, string>;
        status: { inhibitedBy: string[] };
      }[];
      return all.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => labels);
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}

/** Asks until it is so; what is expected then says whether it was. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo()) && Date.now() < deadline);
}

/** A port that nobody listens on. */
function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = server;
  void server.stop(true);
  return port!;
}
