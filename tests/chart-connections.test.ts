/** What the service chart connects: stores, the internet, browsers, the other cluster of a deployment. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { at, type Json, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../scripts/lib/core/json.ts";
import { find, type ServiceChart, serviceChart } from "./support/chart.ts";

let chart: ServiceChart;
beforeAll(async () => {
  chart = await serviceChart();
});
afterAll(async () => {
  await chart[Symbol.asyncDispose]();
});

const podOf = (object: Json | undefined) => objectAt(object, "spec", "template", "spec");
const containerOf = (object: Json | undefined) => at(podOf(object), "containers", 0);

test("F5: every connection with TLS is verified, with the authorities that are mounted", async () => {
  const objects = await chart.render({ dependsOn: { stores: ["mongodb", "postgresql", "redis"] } });
  const env = objectAt(find(objects, "ConfigMap", "case-service-env"), "data");
  const file = "/etc/murima-trust/ca.crt";
  expect(env).toMatchObject({
    DB_CA_FILE: file,
    DB_SSLMODE: "verify-full",
    MONGODB_CA_FILE: file,
    REDIS_CA_FILE: file,
    NODE_EXTRA_CA_CERTS: file,
  });
  for (const object of [find(objects, "Deployment", "case-service"), find(objects, "Job", "case-service-migration")]) {
    expect(listAt(podOf(object), "volumes")).toContainEqual({ name: "trust", configMap: { name: "trust-bundle" } });
    expect(listAt(containerOf(object), "volumeMounts")).toContainEqual({
      name: "trust",
      mountPath: "/etc/murima-trust",
      readOnly: true,
    });
  }
  // Hosts are those that certificates of the operators name.
  const hosts = objectAt(
    find(
      await chart.render({ dependsOn: { stores: ["elasticsearch", "postgresql"] } }),
      "ConfigMap",
      "case-service-env",
    ),
    "data",
  );
  expect([hosts["ELASTICSEARCH_HOST"], hosts["DB_HOST"]]).toEqual([
    "elasticsearch-es-http.stores.svc.cluster.local",
    "postgresql-pooler.stores.svc.cluster.local",
  ]);
  // Benign twins: nothing to verify, nothing mounted; and a managed store that has a name of its own.
  const plain = await chart.render({ dependsOn: { stores: ["redis"] }, stores: { redis: { tls: false } } });
  expect(JSON.stringify(plain)).not.toContain("trust");
  const managed = {
    mode: "managed",
    domain: "stores.example",
    cidrs: ["10.1.0.0/16"],
    hosts: { redis: "x.cache.amazonaws.com" },
  };
  const named = await chart.render({ facts: { stores: managed }, dependsOn: { stores: ["mongodb", "redis"] } });
  expect(objectAt(find(named, "ConfigMap", "case-service-env"), "data")).toMatchObject({
    REDIS_HOST: "x.cache.amazonaws.com",
    MONGODB_HOST: "mongodb.stores.example",
  });
});

test("F14: the internet is ports and ranges", async () => {
  const egress = async (internet: JsonObject[]) =>
    listAt(find(await chart.render({ dependsOn: { internet } }), "NetworkPolicy", "case-service"), "spec", "egress");
  const [web, mail] = await egress([{ ports: [443] }, { ports: [465, 587], cidrs: ["198.51.100.0/24"] }]);
  expect(stringsAt(web, "to", 0, "ipBlock", "except")).toContain("169.254.0.0/16");
  expect(mail).toEqual({
    to: [{ ipBlock: { cidr: "198.51.100.0/24" } }],
    ports: [
      { protocol: "TCP", port: 465 },
      { protocol: "TCP", port: 587 },
    ],
  });
  expect(await egress([])).toEqual([]);
  for (const internet of [true, [{ ports: [25] }], [{ ports: [] }], [{ cidrs: ["198.51.100.0/24"] }]] as Json[])
    expect([internet, chart.violations({ dependsOn: { internet } }).length > 0]).toEqual([internet, true]);
});

describe("where browsers are", () => {
  const config = async (values: JsonObject) =>
    JSON.parse(
      stringAt(find(await chart.render(values), "ConfigMap", "case-service-config"), "data", "config.json")!,
    ) as JsonObject;
  const web = { host: "app", apiHost: "api" };
  const oauth = { providers: { google: { enabled: true, secret: "s" } } };
  const cors = { enabled: true, allowedHosts: ["app"], allowedMethods: ["GET"] };

  test("F12: a web application learns where the API is", async () => {
    expect(await config({ config: { web } })).toMatchObject({
      web: { host: "app.shared.example", apiBaseUrl: "https://api.shared.example" },
    });
    // A tenant's own copy has both at one host.
    const own = await config({ config: { web }, publicHost: "wonka.example", facts: { tenant: "wonka" } });
    expect(own["web"]).toEqual({ host: "wonka.example", apiBaseUrl: "https://wonka.example" });
  });

  test("F6: callbacks and origins are where the public gateway of the deployment is", async () => {
    const peer = { cluster: "cloud", domain: "cloud.example", nodes: "10.2.0.0/16", services: ["api-gateway"] };
    for (const [isPublic, domain] of [
      [true, "cloud.example"],
      [false, "shared.example"],
    ] as const) {
      const found = await config({ config: { oauth, cors }, facts: { peer: { ...peer, public: isPublic } } });
      expect(stringAt(found, "oauth", "providers", "google", "callbackUrl")).toBe(
        `https://api.${domain}/api/v1/auth/oauth/google/callback`,
      );
      expect(found["cors"]).toMatchObject({ allowedOrigins: [`https://app.${domain}`] });
    }
  });

  test("F7: it is stated where the tenant of a request comes from", async () => {
    const found = await config({ dependsOn: { services: ["auth-service"] } });
    expect(found["multiTenancy"]).toMatchObject({
      enforceTenantHeader: true,
      tenantSources: ["host", "token", "oauthState"],
    });
  });
});

test("F2: a route keeps the tenant's header on the gateway internal, and drops it on public", async () => {
  const filters = async (gateway: string) =>
    listAt(
      find(
        await chart.render({ route: { enabled: true, gateway, host: "c", paths: [{ type: "Exact", value: "/" }] } }),
        "HTTPRoute",
        "case-service",
      ),
      "spec",
      "rules",
      0,
      "filters",
    );
  expect([await filters("internal"), (await filters("public")).length]).toEqual([[], 1]);
});
