/** What has to hold of the live fleet whatever is released, onboarded or renamed in it: no name, no version, no count. */
import { beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import { at, canonical, isObject, type Json, objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import type { Application } from "../../scripts/lib/render/application.ts";
import { validate, type Validation } from "../../scripts/lib/validate/validate.ts";
import { generate, target } from "../../tools/types.ts";
import { checkout, clusters, fleetFiles } from "../support/fleet.ts";
import { objectsOf } from "../support/sample.ts";
import { all } from "../support/tenants.ts";

let validation: Validation;
beforeAll(async () => {
  validation = await validate({ root: checkout, env: process.env, selection: all, cache: true });
}, 120_000);

test("no error, every Application rendered, nothing left unchecked", () => {
  const { findings, notChecked, fleet } = validation;
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(notChecked.map(({ what }) => what)).toEqual([expect.stringMatching(/^APIs after Kubernetes 1\.\d+$/)]);
  expect(fleet.applications.filter(({ notRendered }) => notRendered !== undefined)).toEqual([]);
  for (const cluster of fleet.documents.clusters.keys())
    expect([cluster, fleet.applications.some((application) => application.id === `${cluster}/root`)]).toEqual([
      cluster,
      true,
    ]);
});

test("an environment that mirrors another runs what a cluster there runs, with its values but for what its facts say", () => {
  const { fleet } = validation;
  const modelOf = (cluster: string) => fleet.documents.clusters.get(cluster)!.document.spec.model;
  const environmentOf = (cluster: string) => fleet.documents.clusters.get(cluster)!.document.spec.environment;
  const valuesOf = (application: Application) => fleet.values(application)!.merged;
  const services = fleet.applications.filter(
    (application) =>
      application.request?.tool === "helm" && stringAt(valuesOf(application), "facts", "tenant") === undefined,
  );
  for (const [environment, { document }] of fleet.documents.environments) {
    const { mirrors } = document.spec;
    if (mirrors === undefined) continue;
    for (const service of services.filter(({ cluster }) => environmentOf(cluster) === environment)) {
      const there = services.filter(
        ({ name, cluster }) =>
          name === service.name &&
          environmentOf(cluster) === mirrors.environment &&
          modelOf(cluster) === modelOf(service.cluster),
      );
      const unexcused = there.map((other) =>
        differences(valuesOf(service), valuesOf(other)).filter(
          (place) => !mirrors.except.some((entry) => place === entry.path || place.startsWith(`${entry.path}.`)),
        ),
      );
      const [closest = []] = unexcused.toSorted((a, b) => a.length - b.length);
      expect([service.id, closest]).toEqual([service.id, []]);
    }
    // An excuse for a setting that there is not excuses nothing.
    const unknown = mirrors.except.filter(({ path: excused }) =>
      services.every((service) => at(valuesOf(service), ...excused.split(".")) === undefined),
    );
    expect(unknown).toEqual([]);
  }
});

function differences(a: Json | undefined, b: Json | undefined, where: string[] = []): string[] {
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => differences(a[key], b[key], [...where, key]));
  }
  return canonical(a) === canonical(b) ? [] : [where.join(".")];
}

describe("what people write", () => {
  test("every document, values file and kustomization starts with --- and names its schema", async () => {
    const { tree, sources } = validation.fleet;
    const schemas: [RegExp, string][] = [
      [/\/kustomization\.yaml$/, "schemas/kustomization.json"],
      [/^clusters\/[^/]+\/facts\/cluster\.yaml$/, "schemas/cluster.json"],
      [/^environments\/[^/]+\/facts\/environment\.yaml$/, "schemas/environment.json"],
      [/^apps\/external\.yaml$/, "schemas/external.json"],
      [/^tenants\/[^/]+\/facts\/tenant\.yaml$/, "schemas/tenant.json"],
      [/^tenants\/.*\/?values\.yaml$/, "schemas/tenant-values.json"],
      [
        /(^apps\/(services|charts)|^environments|^clusters|^tenants)\/.*(values|image)\.yaml$/,
        "apps/charts/service/values.schema.json",
      ],
    ];
    for (const file of tree.paths.filter(
      (file) =>
        file !== ".sops.yaml" &&
        file.endsWith(".yaml") &&
        !file.endsWith(".sops.yaml") &&
        !file.includes("/templates/"),
    )) {
      const [first, second] = new TextDecoder().decode(tree.bytes(file)).split("\n");
      expect([file, first]).toEqual([file, "---"]);
      const schema = schemas.find(([pattern]) => pattern.test(file))?.[1];
      if (schema === undefined) {
        // A manifest: the cluster's own schema is held against what it renders to.
        expect([
          file,
          (isObject(sources.data(file)) && stringAt(sources.data(file), "kind") !== undefined) ||
            file.endsWith("Chart.yaml"),
        ]).toEqual([file, true]);
        continue;
      }
      const named = /^# yaml-language-server: \$schema=(\S+)$/.exec(second ?? "")?.[1] ?? "";
      expect([file, path.posix.join(path.posix.dirname(file), named)]).toEqual([file, schema]);
    }
  });

  test("every cluster has the files that all clusters of the frozen fleet have", async () => {
    // So that the frozen fleet stands for the live one; what one of them has more is judged by rules.
    const { tree, documents } = validation.fleet;
    const shape = (paths: Iterable<string>, cluster: string) =>
      new Set(
        [...paths]
          .filter((file) => file.startsWith(`clusters/${cluster}/`))
          .map((file) => file.slice(`clusters/${cluster}/`.length).replace(/^(services)\/[^/]+\//, "$1/SERVICE/")),
      );
    const frozen = [...(await fleetFiles(clusters)).keys()];
    const shapes = clusters.map((cluster) => shape(frozen, cluster));
    const common = [...shapes[0]!].filter((file) => shapes.every((own) => own.has(file)));
    expect(common).toContain("facts/cluster.yaml");
    for (const cluster of documents.clusters.keys()) {
      const own = shape(tree.paths, cluster);
      expect([cluster, common.filter((file) => !own.has(file))]).toEqual([cluster, []]);
    }
  });

  test("the generated types are those of the schemas", async () => {
    const drift = Bun.spawnSync([process.execPath, "fmt", "--no-script", "--stdin-filepath", target], {
      stdin: new TextEncoder().encode(await generate()),
      cwd: checkout,
    });
    expect(drift.stdout.toString()).toBe(await Bun.file(target).text());
  });
});

describe("of every service", () => {
  test("5.2 and D-37: one signs tokens, and no configuration holds a secret", () => {
    const holders = objectsOf(validation, "Deployment").filter(({ object }) =>
      JSON.stringify(object.object).includes("JWT_PRIVATE_KEY"),
    );
    expect(new Set(holders.map(({ object }) => object.id.name)).size).toBe(1);
    for (const { object } of objectsOf(validation, "ConfigMap"))
      expect(JSON.stringify(object.object)).not.toMatch(/clientSecret|privateKey|password|HS256/i);
    expect(objectsOf(validation, "Secret")).toEqual([]);
  });

  test("no two clusters share a store", () => {
    const owners = new Map<string, string>();
    for (const { application, object } of objectsOf(validation, "ConfigMap")) {
      for (const [name, host] of Object.entries(objectAt(object.object, "data"))) {
        if (!/^(DB|MONGODB|REDIS|ELASTICSEARCH|RABBITMQ)_HOST$/.test(name)) continue;
        // A name inside a cluster is another store in each.
        if (typeof host !== "string" || host.endsWith(".svc.cluster.local")) continue;
        const owner = owners.get(host) ?? application.cluster;
        expect([host, owner]).toEqual([host, application.cluster]);
        owners.set(host, owner);
      }
    }
    expect(validation.fleet.documents.clusters.size).toBeGreaterThan(0);
  });
});
