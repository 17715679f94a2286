/** schemas/manifest.json: generated, and of use for what lies here. */
import { expect, test } from "bun:test";
import path from "node:path";

import { isObject } from "../../scripts/lib/core/json.ts";
import { readTree } from "../../scripts/lib/io/files.ts";
import { readKubernetes, readSchema } from "../../scripts/lib/io/schemas.ts";
import { check, newAjv } from "../../scripts/lib/model/schema.ts";
import { kubernetesSchema, manifestSchema } from "../../scripts/lib/repo/layout.ts";
import { schemaOf } from "../../scripts/lib/repo/modeline.ts";
import { Sources } from "../../scripts/lib/repo/sources.ts";
import { manifestSchemaText, target } from "../../tools/schemas/manifest.ts";
import { checkout } from "../support/fleet.ts";

test("it is what the schemas beside it make", async () => {
  const drift = Bun.spawnSync([process.execPath, "fmt", "--no-script", "--stdin-filepath", target], {
    stdin: new TextEncoder().encode(await manifestSchemaText()),
    cwd: checkout,
  });
  expect(drift.stdout.toString()).toBe(await Bun.file(target).text());
});

/** The schema as an editor compiles it: references lead to the packed schemas beside it. */
async function editor() {
  const schema = await readSchema(manifestSchema);
  const version = /kubernetes\/([0-9.]+)\.json/.exec(JSON.stringify(schema))![1]!;
  const ajv = newAjv({ validateSchema: false });
  ajv.addSchema({ definitions: (await readKubernetes(version)).definitions }, kubernetesSchema(version));
  return check(ajv.compile({ ...schema, $id: manifestSchema }));
}

test("no manifest of the fleet has a mistake in an editor", async () => {
  const violations = await editor();
  const { tree } = await readTree(checkout);
  const sources = new Sources(tree);
  const manifests = tree.paths.filter((file) => schemaOf(file) === manifestSchema);
  expect(manifests.length).toBeGreaterThan(20);
  for (const file of manifests) {
    const data = sources.data(file);
    expect([file, isObject(data) ? violations(data).map(({ message }) => message) : "no object"]).toEqual([file, []]);
  }
});

test.each([
  ["a field of Kubernetes", { apiVersion: "v1", kind: "Namespace", metadata: { nmae: "x" } }, "metadata.nmae"],
  [
    "a field of a custom resource",
    { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", spec: { x: 1 } },
    "spec.x",
  ],
  ["a type", { apiVersion: "v1", kind: "ConfigMap", data: { a: 1 } }, "data.a is 1"],
  ["a kind", { apiVersion: "v1", kind: "Namespce" }, "kind is"],
])("%s that is wrong is shown", async (_what, object, message) => {
  const found = (await editor())(object);
  expect(found.map((violation) => violation.message).join("; ")).toContain(message);
});

test("its path is the one that modelines name", () => {
  expect(path.relative(checkout, target)).toBe(manifestSchema);
});
