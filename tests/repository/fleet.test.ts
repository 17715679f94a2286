/** What has to hold of the sample fleet itself. */
import { beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import {
  canonical,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  stringAt,
} from "../../scripts/lib/core/json.ts";
import type { Validation } from "../../scripts/lib/validate/validate.ts";
import { generate, target } from "../../tools/types.ts";
import { checkout } from "../support/fleet.ts";
import { objectsOf, sampleValidation } from "../support/sample.ts";

let validation: Validation;
beforeAll(async () => {
  validation = await sampleValidation();
}, 120_000);

test("ten clusters, every Application rendered, no finding, nothing left unchecked", () => {
  const { findings, notChecked, fleet } = validation;
  expect(findings).toEqual([]);
  expect(notChecked.map(({ what }) => what)).toEqual(["APIs after Kubernetes 1.37"]);
  expect(fleet.applications.filter(({ notRendered }) => notRendered !== undefined)).toEqual([]);
  expect([fleet.documents.clusters.size, fleet.documents.environments.size]).toEqual([10, 4]);
  // Root, namespaces, secrets and ten services; two halves of six tenants; ten services of one of these.
  expect(new Set(fleet.applications.map(({ name }) => name)).size).toBe(13 + 2 * 6 + 10);
});

test("an environment that mirrors another differs from it only where its facts say so, and does differ there", () => {
  const { fleet } = validation;
  const { mirrors } = fleet.documents.environments.get("staging")!.document.spec;
  const used = new Set<string>();
  const values = (cluster: string, name: string) =>
    fleet.values(fleet.applications.find(({ id }) => id === `${cluster}/${name}`)!)!.merged;
  const services = fleet.applications.filter(
    ({ cluster, request }) => cluster === "staging-shared" && request?.tool === "helm",
  );
  expect(services).toHaveLength(10);
  for (const { name } of services) {
    for (const path of differences(values("staging-shared", name), values("prod-shared", name))) {
      const excuse = mirrors!.except.find((entry) => path === entry.path || path.startsWith(`${entry.path}.`));
      expect([name, path, excuse !== undefined]).toEqual([name, path, true]);
      used.add(excuse!.path);
    }
  }
  expect([...used].toSorted()).toEqual(mirrors!.except.map((entry) => entry.path).toSorted());
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

  test("clusters of one model have the same files", () => {
    const { tree, documents } = validation.fleet;
    const shape = (cluster: string) =>
      tree
        .below(`clusters/${cluster}`)
        .map((file) => file.slice(`clusters/${cluster}/`.length))
        // Tenants differ, and with them whose keys are brought; some clusters have a registry, and a published key.
        .filter((file) => !/^grants\/|^platform\/secrets\/(tenant-|registry)|^published\.agekey$/.test(file));
    const whole = shape("prod-shared");
    for (const [cluster, { document }] of documents.clusters) {
      if (document.spec.model !== "hybrid") expect([cluster, shape(cluster)]).toEqual([cluster, whole]);
    }
    const halves = [...shape("prod-hybrid"), ...shape("prod-hybrid-site")];
    expect([...new Set(halves)].toSorted()).toEqual(whole.toSorted());
  });

  test("the generated types are those of the schemas", async () => {
    const drift = Bun.spawnSync([process.execPath, "fmt", "--no-script", "--stdin-filepath", target], {
      stdin: new TextEncoder().encode(await generate()),
      cwd: checkout,
    });
    expect(drift.stdout.toString()).toBe(await Bun.file(target).text());
  });
});

describe("values of the guide", () => {
  const dataOf = (id: string, name: string) => {
    const application = validation.fleet.applications.find((own) => own.id === id)!;
    return objectAt(
      application.objects.find(({ id: own }) => own.kind === "ConfigMap" && own.name === name)!.object,
      "data",
    );
  };

  test("3.1.1: environment variables, with the stores of that cluster", () => {
    expect(dataOf("prod-site/service-case-service", "case-service-env")).toMatchObject({
      DB_HOST: "postgresql-rw.stores.svc.cluster.local",
      DB_PORT: "5432",
      DB_NAME: "murima",
      REDIS_PORT: "6379",
      ELASTICSEARCH_PORT: "9200",
      LOG_LEVEL: "info",
      NODE_ENV: "production",
      API_TIMEOUT: "30000",
    });
    expect(dataOf("prod-site/service-comm-hub", "comm-hub-env")).toMatchObject({ MONGODB_PORT: "27017" });
    expect(dataOf("prod-shared/service-api-gateway", "api-gateway-env")).toMatchObject({
      RATE_LIMIT_WINDOW: "60000",
      RATE_LIMIT_MAX: "100",
    });
  });

  test("3.2.1 and D-24: CORS names exact origins", () => {
    const config = JSON.parse(
      dataOf("prod-shared/service-api-gateway", "api-gateway-config")["config.json"] as string,
    ) as JsonObject;
    expect(config["cors"]).toEqual({
      enabled: true,
      allowedOrigins: ["https://app.shared.murima2025.com"],
      allowedMethods: ["GET", "POST", "PUT", "DELETE", "PATCH"],
    });
    expect(listAt(config, "routes")).toHaveLength(8);
  });

  test("5.2 and D-37: tokens are signed with a private key that one service has, and no configuration holds a secret", () => {
    const holders = objectsOf(validation, "Deployment").filter(({ object }) =>
      JSON.stringify(object.object).includes("JWT_PRIVATE_KEY"),
    );
    expect(new Set(holders.map(({ object }) => object.id.name))).toEqual(new Set(["auth-service"]));
    for (const { object } of objectsOf(validation, "ConfigMap")) {
      expect(JSON.stringify(object.object)).not.toMatch(/clientSecret|privateKey|password|HS256/i);
    }
    expect(objectsOf(validation, "Secret")).toEqual([]);
  });
});
