/** Charts of upstream, packed out of Go modules, through the whole way; skipped, and counted so, where there is no Go. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { run as bump } from "../scripts/bump-chart.ts";
import { run as charts } from "../scripts/charts.ts";
import { readChart } from "../scripts/lib/addon/archive.ts";
import { artifactOf, digestOf } from "../scripts/lib/addon/artifact.ts";
import { Repository } from "../scripts/lib/fleet/repository.ts";
import { validate } from "../scripts/lib/validate/validate.ts";
import { run as validateCommand } from "../scripts/validate.ts";
import { chartModules } from "../tools/charts/modules.ts";
import { packable, packChart } from "../tools/charts/pack.ts";
import { chartServer } from "./support/chart-server.ts";
import { checkout, cluster } from "./support/fleet.ts";
import { runIn, sampleRepository } from "./support/repository.ts";

setDefaultTimeout(300_000);

const archives = new Map<string, Uint8Array>();
for (const addon of packable) {
  const bytes = await packChart(addon, process.env);
  if (bytes !== undefined) archives.set(addon, bytes);
}
const all = archives.size === packable.length;

describe.if(all)("charts out of Go modules", () => {
  let repository: Repository;
  beforeAll(async () => {
    repository = await Repository.read(checkout, { env: process.env });
  });

  for (const addon of packable) {
    test(`${addon}: its archive is in order, and is the one that is locked`, () => {
      const { chart, version } = chartModules[addon]!;
      const bytes = archives.get(addon)!;
      expect([readChart(bytes).name, readChart(bytes).version]).toEqual([chart, version]);
      const { charts: locked } = repository.documents.addonLocks.get(addon)!.document.spec;
      expect(locked).toContainEqual(
        expect.objectContaining({ version, archive: digestOf(bytes), digest: artifactOf("chart", bytes).digest }),
      );
    });
  }

  test("offered, locked, mirrored, pulled by digest, rendered and judged: nothing is wrong, and a right more is", async () => {
    await using server = chartServer();
    await using mirror = chartServer();
    await using fleet = await sampleRepository([cluster.onPremises]);
    // What cares for namespaces is not all among these charts.
    const excused = `exceptions:\n    - rule: namespace-care\n      file: "*"\n      reason: not what this test is about\n      expires: "2099-12-31"\n`;
    await fleet.edit("apps/exceptions.yaml", "exceptions: []\n", excused);
    const machine = async () => ({ GITOPS_CHARTS: await mkdtemp(path.join(tmpdir(), "charts-")) });
    const env = await machine();
    const consoles: Record<string, string> = { argocd: "argocd", "kube-prometheus": "grafana" };
    // Nothing is judged before its definitions are there.
    const { addons } = repository.documents;
    // The namespace of both operators of RabbitMQ is the topology operator's, which comes before the other.
    const defining = (addon: string) =>
      addon === "rabbitmq-cluster-operator" ? 0.5 : addons.get(addon)!.document.spec.definitions === undefined ? 1 : 0;
    for (const [addon, bytes] of [...archives].toSorted(([a], [b]) => defining(a) - defining(b))) {
      const { chart, version } = chartModules[addon]!;
      server.offer(chart, version, bytes);
      // A console that is placed has a way to it.
      const way =
        consoles[addon] === undefined ? "" : `  - ../../../../apps/platform/consoles/components/${consoles[addon]}\n`;
      const file = `clusters/${cluster.onPremises}/platform/consoles/kustomization.yaml`;
      if (way !== "") await fleet.edit(file, "components:\n", `components:\n${way}`);
      const argv = [
        "--addon",
        addon,
        "--version",
        version,
        "--cluster",
        cluster.onPremises,
        "--place",
        "--from",
        server.repository,
      ];
      const { code, stderr } = await runIn(fleet, bump, [...argv, "--registry", server.host], env);
      expect([addon, code, code === 0 ? "" : stderr]).toEqual([addon, 0, ""]);
    }
    // What these charts bring nobody else has to.
    await fleet.edit("apps/external.yaml", / {4}- kind: APIService\n(?: {6}.*\n)+/, "");
    for (const group of [
      "argoproj.io",
      "barmancloud.cnpg.io",
      "cert-manager.io",
      "elasticsearch.k8s.elastic.co",
      "gateway.envoyproxy.io",
      "gateway.networking.k8s.io",
      "kibana.k8s.elastic.co",
      "monitoring.coreos.com",
      "postgresql.cnpg.io",
      "psmdb.percona.com",
      "rabbitmq.com",
      "trust.cert-manager.io",
    ])
      await fleet.edit("apps/external.yaml", ` - ${group}\n`, " - none\n");
    await fleet.edit("apps/external.yaml", /.*- none\n/g, "");
    await fleet.edit("apps/external.yaml", / {4}- kind: Prometheus\n(?: {6}.*\n)+/, "");
    // Only a cluster of dev has one Redis alone.
    await fleet.edit("apps/addons/argocd/addon.yaml", /.*Role argocd\/argocd-redis"\n/, "");
    expect((await runIn(fleet, charts, ["mirror", "--to", mirror.host, "--from", server.repository], env)).code).toBe(
      0,
    );
    const customer = await machine();
    expect((await runIn(fleet, charts, ["pull", "--registry", mirror.host], customer)).code).toBe(0);
    const { code, stdout } = await runIn(fleet, validateCommand, ["--strict"], customer);
    expect([code, stdout]).toEqual([0, expect.stringContaining("0 errors in")]);

    const judged = await Repository.read(fleet.root, { env: { ...process.env, ...customer } });
    const file = "apps/addons/cert-manager/addon.yaml";
    const less = judged.tree.text(file).replace('        - "allows signers"\n', '        - "allows nobody"\n');
    // Where dev runs it in a way of its own, a fleet without a cluster of dev can't say what is needless.
    const way = { path: "apps/addons/cert-manager/values-dev.yaml", content: null };
    const { findings } = await validate(judged.with([{ path: file, content: less }, way]));
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(["addon-allowance", "rbac-escalation"]));

    const values = "apps/addons/argocd/values.yaml";
    const sabotage: [from: string, to: string, says: string][] = [
      ['policy.default: ""', 'policy.default: "role:support"', "gives everybody a role"],
      ["g, murima:support, role:support", "g, murima:support, role:admin", "gives more than to look and to sync"],
      ["applications, sync, */*", "applications, delete, */*", "gives more than to look and to sync"],
      ['server.insecure: "true"', 'application.namespaces: "*"', "sets application.namespaces"],
    ];
    for (const [from, to, says] of sabotage) {
      const content = judged.tree.text(values).replace(from, to);
      const { findings: found } = await validate(judged.with([{ path: values, content }]));
      expect([to, found.map(({ rule, message }) => `${rule}: ${message}`)]).toEqual([
        to,
        expect.arrayContaining([expect.stringContaining(`argocd-settings: ${says}`)]),
      ]);
    }
  });
});
test.skipIf(all)("charts out of Go modules are packed", () => {});
