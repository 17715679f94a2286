import { describe, expect, test } from "bun:test";

import { at, type JsonObject, stringAt } from "../core/json.ts";
import { findTools } from "../io/tools.ts";
import { renderChart } from "../render/chart.ts";
import { readChart } from "./archive.ts";
import { manifestChart } from "./manifest-chart.ts";

const release = `apiVersion: v1
kind: Service
metadata:
  labels: {a: b}
  name: web
spec:
  ports:
  - {name: http, port: 80}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      nodeSelector: {os: linux}
      containers:
      - name: web
        image: example.com/web:v1
        args: [one, two]
        env:
        - {name: A, value: "1"}
      - name: side
        image: "example.com/side@sha256:0"
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: webs.example.com
`;

const bytes = (text: string) => new TextEncoder().encode(text);
const files = new Map([
  ["all.yaml", bytes(release)],
  ["more/other.yaml", bytes("---\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: other\n")],
]);
files.set(
  "binding.yaml",
  bytes(
    "# Said first.\n\n---\nkind: RoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nmetadata:\n  name: x\n  namespace: there\nsubjects:\n  - kind: ServiceAccount\n    name: x\n    namespace: there\nroleRef: {kind: Role, name: x, apiGroup: rbac.authorization.k8s.io}\n",
  ),
);
files.set(
  "webhook.yaml",
  bytes(
    "kind: ValidatingWebhookConfiguration\napiVersion: admissionregistration.k8s.io/v1\nmetadata:\n  name: x # said of it\nwebhooks:\n  - {name: x, clientConfig: {service: {name: x, namespace: there}}}\n",
  ),
);
const archive = manifestChart({ chart: "web", version: "v1.0.0", files });

async function rendered(values: JsonObject): Promise<JsonObject[]> {
  const text = await renderChart(
    {
      name: "web",
      namespace: "web",
      files: readChart(archive).files,
      valueFiles: new Map(),
      values: { manifests: ["all.yaml"], ...values },
      kubeVersion: "1.36",
      apiVersions: [],
      definitions: false,
    },
    await findTools(process.env),
  );
  return text.split(/^---$/m).flatMap((part) => {
    const data: unknown = Bun.YAML.parse(part);
    return data === null || data === undefined ? [] : [data as JsonObject];
  });
}

const kinds = (objects: readonly JsonObject[]) => objects.map((object) => stringAt(object, "kind") ?? "").toSorted();

describe("a release of plain manifests", () => {
  test("is the same archive each time, and renders as it is", async () => {
    expect(manifestChart({ chart: "web", version: "v1.0.0", files: new Map([...files].toReversed()) })).toEqual(
      archive,
    );
    const found = await rendered({});
    expect(kinds(found)).toEqual(["CustomResourceDefinition", "Deployment", "Service"]);
    expect(found).toContainEqual(Bun.YAML.parse(release.split("---\n")[1]!) as never);
  });

  test("takes patches: mappings by key, lists by name, all else as a whole", async () => {
    const container = { name: "web", args: ["three"], env: [{ name: "B", value: "2" }], image: null };
    const spec = { replicas: 3, template: { spec: { nodeSelector: { zone: "a" }, containers: [container] } } };
    const found = await rendered({ patches: { "Deployment/web": { spec } } });
    expect(found.find(({ kind }) => kind === "Deployment")!["spec"]).toEqual({
      replicas: 3,
      template: {
        spec: {
          nodeSelector: { os: "linux", zone: "a" },
          containers: [
            {
              name: "web",
              args: ["three"],
              env: [
                { name: "A", value: "1" },
                { name: "B", value: "2" },
              ],
            },
            { name: "side", image: "example.com/side@sha256:0" },
          ],
        },
      },
    });
  });

  test("leaves out what is named, brings what is added, and runs other images", async () => {
    const found = await rendered({
      crds: { enabled: false },
      remove: ["Service/*", "ConfigMap/other"],
      objects: {
        "ConfigMap/new": {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "new" },
          data: { run: "example.com/web:v1" },
        },
      },
      patches: {
        "Deployment/web": {
          spec: {
            template: {
              spec: {
                containers: [{ name: "web", args: ["--sidecar=example.com/side:v3", "example.com/web-more:v1"] }],
              },
            },
          },
        },
      },
      images: {
        side: { from: "example.com/side", to: "mirror/side:v1@sha256:1" },
        web: { from: "example.com/web", to: "mirror/web:v1@sha256:2" },
      },
    });
    expect(kinds(found)).toEqual(["ConfigMap", "Deployment"]);
    expect([...JSON.stringify(found).matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image)).toEqual([
      "mirror/web:v1@sha256:2",
      "mirror/side:v1@sha256:1",
    ]);
    const text = JSON.stringify(found);
    for (const named of [
      "--sidecar=mirror/side:v1@sha256:1",
      '"example.com/web-more:v1"',
      '"run":"mirror/web:v1@sha256:2"',
    ])
      expect(text).toContain(named);
  });

  test("loses things of a list that are named", async () => {
    const spec = (name: string) => ({ template: { spec: { containers: [{ name, $patch: "delete" }] } } });
    const found = await rendered({ patches: { "Deployment/web": { spec: spec("side") } } });
    const containers = at(
      found.find(({ kind }) => kind === "Deployment")!,
      "spec",
      "template",
      "spec",
      "containers",
    );
    expect((containers as JsonObject[]).map(({ name }) => name)).toEqual(["web"]);
    const wrong = rendered({ patches: { "Deployment/web": { spec: spec("sied") } } });
    expect(wrong).rejects.toThrow("there is no sied in containers to take away");
  });

  test("is in another namespace where one is named, and so are accounts that it gives rights to", async () => {
    const [binding] = await rendered({ manifests: ["binding.yaml"], namespace: "here" });
    expect([at(binding!, "metadata", "namespace"), at(binding!, "subjects", 0, "namespace")]).toEqual(["here", "here"]);
    const patches = { "ValidatingWebhookConfiguration/x": { metadata: { name: "y" } } };
    const [webhook] = await rendered({ manifests: ["webhook.yaml"], namespace: "here", patches });
    expect(at(webhook!, "metadata", "name")).toBe("y");
    expect(at(webhook!, "webhooks", 0, "clientConfig", "service")).toEqual({ name: "x", namespace: "here" });
    const [other] = await rendered({ manifests: ["more/other.yaml"], namespace: "here" });
    expect(other!["metadata"]).toEqual({ name: "other" });
  });

  const wrong: [values: JsonObject, says: string][] = [
    [{ manifests: ["none.yaml"] }, "the release has no file none.yaml"],
    [{ patches: { "Deployment/wbe": {} } }, "the release has no Deployment/wbe to patch"],
    [{ remove: ["Service/wbe"] }, "the release has no Service/wbe to leave out"],
  ];
  for (const [values, says] of wrong) test(says, () => expect(rendered(values)).rejects.toThrow(says));
});
