/** What diff says of who may talk to whom: one evaluation on both sides. */
import { expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import type { TestFiles } from "../../../tests/support/repository.ts";
import { flowsOf } from "../fleet/flows.ts";
import { loadFleet } from "../fleet/load.ts";
import { reachabilityOf } from "../fleet/reachability.ts";
import { compareFlows } from "./flows.ts";

const template = "apps/charts/service/templates/_networkpolicy.tpl";
const namespace = "apps/platform/namespaces/murima";

async function sideOf(change: (files: TestFiles) => Promise<unknown>) {
  const { fleet } = await loadFleet(await changedFleet([cluster.dev], change), {});
  return reachabilityOf(fleet);
}
const compared = async (change: (files: TestFiles) => Promise<unknown>) =>
  compareFlows(await sideOf(() => Promise.resolve()), await sideOf(change));

test("N-1: a rule for the internet that loses its peers opens the rest, and closes nothing", async () => {
  const { added, removed, changed } = await compared((files) =>
    files.edit(
      template,
      /(?<=calls\.internet \}\}\n)- to:\n {4}\{\{- range \.cidrs \}\}[\s\S]*?192\.168\.0\.0\/16\n {4}\{\{- end \}\}\n {2}ports:/,
      "- ports:",
    ),
  );
  expect(removed).toEqual([]);
  // The same ports of what was open at others: stores, and DNS.
  expect(new Set(changed.map(({ change }) => change))).toEqual(new Set(["wider"]));
  expect(added).toContain(`${cluster.dev}: murima/auth-service -> services, link-local, other private addresses (443)`);
  expect(added.every((flow) => flow.endsWith("(443)"))).toBe(true);
});

test("N-1: a way that is wider is one change", async () => {
  const { added, removed, changed } = await compared((files) =>
    files.edit(
      "apps/platform/namespaces/closed/allow-dns.yaml",
      /( {8}- protocol: UDP\n)/,
      "        - protocol: TCP\n          port: 443\n$1",
    ),
  );
  expect([added, removed]).toEqual([[], []]);
  expect(changed).toContainEqual({
    flow: `${cluster.dev}: murima/frontend -> kube-system/kube-dns?`,
    change: "wider",
    before: "53,53/udp",
    after: "53,443,53/udp",
  });
  expect(changed.every(({ change }) => change === "wider")).toBe(true);
});

test("N-1: the internet at one more port is wider, at another different", async () => {
  const ofService = async (ports: string) => {
    const { added, removed, changed } = await compared((files) =>
      files.edit(
        template,
        "    - protocol: TCP\n      port: {{ toJson . }}\n    {{- end }}\n{{- end }}\n{{- end }}",
        `${ports}    {{- end }}\n{{- end }}\n{{- end }}`,
      ),
    );
    expect([added, removed]).toEqual([[], []]);
    return changed.find(({ flow }) => flow.endsWith("auth-service -> internet"));
  };
  const smtp = "    - protocol: TCP\n      port: 25\n";
  expect(await ofService(`    - protocol: TCP\n      port: {{ toJson . }}\n${smtp}`)).toMatchObject({
    change: "wider",
    after: "25,443",
  });
  expect(await ofService(smtp)).toMatchObject({ change: "different", before: "443", after: "25" });
});

test("N-2: two workloads with the same labels are both there, and the way between them", async () => {
  const workload = (kind: string, name: string) =>
    `apiVersion: apps/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: murima\nspec:\n  selector: {matchLabels: {app: twin}}\n  template:\n    metadata: {labels: {app: twin}}\n    spec: {containers: [{name: a, image: registry.example.com/a}]}\n`;
  const [side] = await sideOf(async (files) => {
    await files.manifest(`${namespace}/blue.yaml`, workload("DaemonSet", "blue"));
    await files.manifest(`${namespace}/twin.yaml`, workload("DaemonSet", "green"));
    await files.manifest(`${namespace}/more.yaml`, workload("Deployment", "green"));
    await files.manifest(
      `${namespace}/open.yaml`,
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: twins\nspec:\n  podSelector: {matchLabels: {app: twin}}\n  policyTypes: [Egress, Ingress]\n  ingress: [{from: [{podSelector: {}}]}]\n  egress: [{to: [{podSelector: {}}]}]\n",
    );
    await files.edit(
      `${namespace}/kustomization.yaml`,
      "resources:\n",
      "resources:\n  - ./blue.yaml\n  - ./twin.yaml\n  - ./more.yaml\n  - ./open.yaml\n",
    );
  });
  const between = flowsOf(side!).filter(({ from, to }) =>
    [from, to].every((name) => /murima\/(blue|green)/.test(name)),
  );
  expect(between.map(({ from, to }) => `${from} > ${to}`)).toEqual([
    "murima/green (DaemonSet) > murima/blue",
    "murima/green (Deployment) > murima/blue",
    "murima/blue > murima/green (DaemonSet)",
    "murima/green (Deployment) > murima/green (DaemonSet)",
    "murima/blue > murima/green (Deployment)",
    "murima/green (DaemonSet) > murima/green (Deployment)",
  ]);
});

test("N-3: pods in a namespace that nobody declares are in the network, and it is said that its labels are not known", async () => {
  const [side] = await sideOf(async (files) => {
    await files.manifest(
      `${namespace}/stray.yaml`,
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: stray\n  namespace: nowhere\nspec:\n  containers: [{name: a, image: registry.example.com/a}]\n",
    );
    await files.manifest(
      `${namespace}/all.yaml`,
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: all\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress: [{from: [{namespaceSelector: {}}]}]\n",
    );
    await files.edit(
      "apps/platform/namespaces/kustomization.yaml",
      "  - ./murima\n",
      "  - ./murima\n  - ./murima/stray.yaml\n",
    );
    await files.edit(`${namespace}/kustomization.yaml`, "resources:\n", "resources:\n  - ./all.yaml\n");
  });
  expect(flowsOf(side!).map(({ from, to }) => `${from} > ${to}`)).toContain("nowhere/stray > murima/frontend");
  expect(side!.unproven.filter((line) => line.includes("nowhere"))).toHaveLength(1);
});
