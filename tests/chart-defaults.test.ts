/** What the service chart derives from facts and from what a service calls, and that stated values win. */
import { expect, test } from "bun:test";

import { type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { Repository } from "../scripts/lib/fleet/repository.ts";
import { validate } from "../scripts/lib/validate/validate.ts";
import { sampleRepository } from "./support/repository.ts";

const service = "apps/services/case-service/values.yaml";
const cluster = "dev-shared";
const values = `clusters/${cluster}/values.yaml`;
const head = "---\n# yaml-language-server: $schema=../../apps/charts/service/values.schema.json\n";

/** Validates the sample with other contents of files; gives objects of a service by kind and name. */
async function rendered(changes: Record<string, (text: string) => string>) {
  await using fleet = await sampleRepository([cluster]);
  for (const [file, edit] of Object.entries(changes)) {
    const before = await fleet.read(file).catch(() => "");
    await fleet.write(file, edit(before));
  }
  const result = await validate(await Repository.read(fleet.root, { env: process.env }), {
    selection: { clusters: [], applications: [] },
  });
  const object = (name: string, kind: string): JsonObject | undefined => {
    const application = result.fleet.applications.find(({ name: own }) => own === `service-${name.split("/")[0]}`)!;
    return application.objects.find(({ id }) => id.kind === kind && id.name === name.replace("/", "-"))?.object;
  };
  const config = (name: string) =>
    JSON.parse(stringAt(object(`${name}/config`, "ConfigMap"), "data", "config.json")!) as JsonObject;
  const findings = result.findings.map(({ rule, message }) => `${rule}: ${message}`);
  return { findings, object, config };
}

test("identity and pool follow from what a service calls", async () => {
  const { findings, config, object } = await rendered({
    [values]: () => `${head}identity:\n  jwt:\n    issuer: another\ndatabase:\n  poolMax: 7\n`,
  });
  expect(findings).toEqual([]);
  const identity = { jwt: { issuer: "another", algorithm: "EdDSA", jwksPath: "/.well-known/jwks.json" } };
  // Calls auth-service and has PostgreSQL; is auth-service; has no PostgreSQL; calls nobody.
  expect(config("case-service")).toMatchObject({ ...identity, database: { poolMin: 5, poolMax: 7 } });
  expect(config("auth-service")).toMatchObject({ jwt: { ...identity.jwt, accessTokenExpiry: "15m" } });
  expect(Object.keys(config("api-gateway"))).toEqual([
    "cors",
    "jwt",
    "logging",
    "multiTenancy",
    "rateLimiting",
    "routes",
  ]);
  expect(Object.keys(config("frontend"))).toEqual(["logging", "web"]);
  expect(
    ["case-service", "api-gateway", "frontend"].map((name) => object(`${name}/migration`, "Job") !== undefined),
  ).toEqual([true, false, false]);
});

test("a service has its own pool and no migration where it says so", async () => {
  const { findings, config, object } = await rendered({
    [service]: (text) =>
      `${text.replace("config:\n", "config:\n  database:\n    poolMax: 40\n")}\nmigration:\n  enabled: false\n`,
  });
  // Its accounts follow, once they are written.
  expect([...new Set(findings.map((finding) => finding.split(":")[0]!))]).toEqual(["secret-unread", "store-generated"]);
  expect(config("case-service")["database"]).toMatchObject({ poolMin: 5, poolMax: 40 });
  expect(object("case-service/migration", "Job")).toBeUndefined();
});

test("no service has an issuer of its own", async () => {
  const { findings } = await rendered({
    [service]: (text) => text.replace("config:\n", "config:\n  jwt:\n    issuer: another\n"),
  });
  expect(findings).toEqual([expect.stringContaining("values-schema: config.jwt.issuer is not a field")]);
});

test("a store that is elsewhere has the host and the addresses that its values state", async () => {
  const stores = "  redis:\n    host: redis.example.com\n    port: 6380\n    cidrs:\n      - 10.200.0.0/16\n";
  const pods =
    "  mongodb:\n    pods:\n      namespace: stores\n      labels:\n        app.kubernetes.io/name: postgresql-accounts\n";
  const { findings, object } = await rendered({ [values]: () => `${head}stores:\n${stores}${pods}` });
  expect(findings).toEqual([]);
  expect(objectAt(object("case-service/env", "ConfigMap"), "data")).toMatchObject({
    REDIS_HOST: "redis.example.com",
    REDIS_PORT: "6380",
    // Only its addresses are another's.
    MONGODB_HOST: `mongodb.${cluster}.internal.murima2025.com`,
  });
  const egress = listAt(object("case-service", "NetworkPolicy"), "spec", "egress");
  expect(egress).toContainEqual({
    to: [{ ipBlock: { cidr: "10.200.0.0/16" } }],
    ports: [{ protocol: "TCP", port: 6380 }],
  });
  expect(egress).toContainEqual(
    expect.objectContaining({
      to: [
        expect.objectContaining({ podSelector: { matchLabels: { "app.kubernetes.io/name": "postgresql-accounts" } } }),
      ],
    }),
  );
});
