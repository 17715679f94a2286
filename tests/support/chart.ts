/** The service chart of this checkout, rendered with values of a test: objects by the engine where it is, which is held equal to the program. */
import path from "node:path";

import { type JsonObject, objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import { engineOf } from "../../scripts/lib/engine/engine.ts";
import { readTree } from "../../scripts/lib/io/files.ts";
import { findTools } from "../../scripts/lib/io/tools.ts";
import { compile } from "../../scripts/lib/model/schema.ts";
import type { Violation } from "../../scripts/lib/model/violation.ts";
import { linked } from "../../scripts/lib/render/linked.ts";
import { readManifests } from "../../scripts/lib/render/manifests.ts";
import { programs } from "../../scripts/lib/render/programs.ts";
import type { Renderer } from "../../scripts/lib/render/renderer.ts";
import { Sources } from "../../scripts/lib/repo/sources.ts";
import { mergeValues } from "../../scripts/lib/repo/values.ts";
import { checkout } from "./fleet.ts";

export interface ServiceChart extends AsyncDisposable {
  schema: JsonObject;
  /** What the schema says of values over those that every service has. */
  violations(values: JsonObject): Violation[];
  /** What the program prints, for a service called case-service. */
  text(values: JsonObject, namespace?: string, apiVersions?: readonly string[]): Promise<string>;
  render(values: JsonObject, namespace?: string, apiVersions?: readonly string[]): Promise<JsonObject[]>;
}

const chart = "apps/charts/service";

/** What the ApplicationSet and image.yaml say of any service, and what each has to say itself. */
export const ownValues: JsonObject = {
  facts: {
    cluster: "dev-shared",
    environment: "testing",
    domain: "shared.example",
    nodes: "10.0.0.0/16",
    repository: "https://git.example/gitops.git",
    stores: { mode: "operator" },
  },
  image: { registry: "registry.example", tag: "v1", digest: `sha256:${"0".repeat(64)}` },
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "200m", memory: "256Mi" } },
};

export async function serviceChart(): Promise<ServiceChart> {
  const { tree } = await readTree(checkout, [chart]);
  const engine = await engineOf(process.env, 60_000);
  const program = await programs(tree, await findTools(process.env), 60_000);
  const quick = engine === undefined ? program : linked(engine, tree);
  const schema = (await Bun.file(path.join(checkout, chart, "values.schema.json")).json()) as JsonObject;
  const check = compile(schema);
  const defaults = new Sources(tree).data(`${chart}/values.yaml`) as JsonObject;
  const layers = (values: JsonObject) => [defaults, ownValues, values].map((own) => ({ name: "", values: own }));
  const documents = async (
    renderer: Renderer,
    values: JsonObject,
    namespace = "murima",
    apiVersions: readonly string[] = [],
  ) => {
    const request = {
      tool: "helm" as const,
      chart,
      releaseName: "case-service",
      namespace,
      kubeVersion: "1.36",
      apiVersions: [...apiVersions],
      valueFiles: [],
      absentValueFiles: [],
      values: mergeValues(layers(values).slice(1)),
    };
    return (await renderer.render(request, tree.paths)).documents;
  };
  return {
    schema,
    violations: (values) => check(mergeValues(layers(values))),
    text: async (...asked) =>
      (await documents(program, ...asked)).map((document) => ("text" in document ? document.text : "")).join("---"),
    render: async (...asked) => readManifests(await documents(quick, ...asked), true).map(({ object }) => object),
    [Symbol.asyncDispose]: () => program.close(),
  };
}

/** The object of a kind and name. */
export function find(objects: readonly JsonObject[], kind: string, name: string): JsonObject | undefined {
  return objects.find((object) => object["kind"] === kind && stringAt(object, "metadata", "name") === name);
}

/** What a container is given beside ConfigMaps: values, and SECRET/KEY of those out of Secrets. */
export function environmentOf(container: unknown): Record<string, string> {
  const env = objectAt({ container }, "container")["env"];
  return Object.fromEntries(
    (Array.isArray(env) ? env : []).map((variable) => [
      stringAt(variable, "name") ?? "",
      stringAt(variable, "value") ??
        `${stringAt(variable, "valueFrom", "secretKeyRef", "name")}/${stringAt(variable, "valueFrom", "secretKeyRef", "key")}`,
    ]),
  );
}
