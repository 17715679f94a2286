/** What has to hold of the live fleet whatever is released, onboarded or renamed in it: no name, no version, no count. */
import { beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import type { Finding } from "../../scripts/lib/core/finding.ts";
import { isObject, stringAt } from "../../scripts/lib/core/json.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { archiveAbsent } from "../../scripts/lib/render/render.ts";
import { onlyKubernetes } from "../../scripts/lib/validate/rules/object-validation.ts";
import { validate, type Validation } from "../../scripts/lib/validate/validate.ts";
import { generate, target } from "../../tools/types.ts";
import { checkout, clusters, fleetFiles } from "../support/fleet.ts";
import { repository } from "../support/repository.ts";
import { objectsOf } from "../support/sample.ts";

let validation: Validation;
beforeAll(async () => {
  validation = await validate(await Repository.read(checkout, { env: process.env }));
}, 120_000);

test("without the archives of charts, as a new clone is, nothing else is wrong", async () => {
  await using nothing = await repository();
  const env = { ...process.env, GITOPS_CHARTS: nothing.root };
  const { findings, fleet } = await validate(await Repository.read(checkout, { env }));
  expect(fleet.applications.some(({ notRendered }) => notRendered === archiveAbsent)).toBe(true);
  const keyOf = ({ rule, file, message }: Finding) => JSON.stringify([rule, file, message]);
  const known = new Set(validation.findings.map(keyOf));
  expect(findings.filter((finding) => !known.has(keyOf(finding)))).toEqual([]);
}, 120_000);

test("no error, every Application rendered but charts that are elsewhere, nothing left unchecked", () => {
  const { findings, notChecked, fleet } = validation;
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  // Where archives are on this machine, monitors of theirs are of a kind that no addon defines yet.
  const ofCharts = /^fields of \d+ objects of charts /;
  // Without the engine, or definitions for it, values are held against schemas alone.
  // Restores are tried by people.
  const ofRestores = /^whether \d+ stores with data /;
  const others = notChecked
    .map(({ what }) => what)
    .filter((what) => !ofCharts.test(what) && !ofRestores.test(what) && what !== onlyKubernetes);
  expect(others).toEqual([expect.stringMatching(/^APIs after Kubernetes 1\.\d+$/)]);
  expect(
    fleet.applications.filter(({ notRendered }) => notRendered !== undefined && notRendered !== archiveAbsent),
  ).toEqual([]);
  for (const cluster of fleet.documents.clusters.keys())
    expect([cluster, fleet.applications.some((application) => application.id === `${cluster}/root`)]).toEqual([
      cluster,
      true,
    ]);
});

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
      [/^apps\/addons\/[^/]+\/addon\.yaml$/, "schemas/addon.json"],
      [/^apps\/addons\/[^/]+\/lock\.yaml$/, "schemas/addon-lock.json"],
      [/^clusters\/[^/]+\/addons\/[^/]+\/chart\.yaml$/, "schemas/chart.json"],
      [/^clusters\/[^/]+\/addons\/[^/]+\/definitions\.yaml$/, "schemas/definitions.json"],
      [/^(clusters|tenants)\/.*\/image\.yaml$/, "schemas/image.json"],
      [/^(apps\/(services|charts)|environments|clusters)\/.*values\.yaml$/, "apps/charts/service/values.schema.json"],
      [/\/secret-stamps\.yaml$/, "apps/charts/service/values.schema.json"],
    ];
    for (const file of tree.paths.filter(
      (file) =>
        file !== ".sops.yaml" &&
        file.endsWith(".yaml") &&
        !file.endsWith(".sops.yaml") &&
        !file.includes("/templates/"),
    )) {
      // Values of an upstream chart are held against the chart, which no editor here has.
      if (/^(apps|clusters\/[^/]+)\/addons\/[^/]+\/(values(-[a-z]+)?|images)\.yaml$/.test(file)) continue;
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
    const isOurs = ({ application }: { application: { name: string } }) => !/^(addon|store)-/.test(application.name);
    for (const { object } of objectsOf(validation, "ConfigMap").filter(isOurs))
      expect(JSON.stringify(object.object)).not.toMatch(/clientSecret|privateKey|password|HS256/i);
    expect(objectsOf(validation, "Secret").filter(isOurs)).toEqual([]);
  });
});
