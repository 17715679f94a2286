/** What the service chart promises, seen in everything the frozen fleet renders. */
import { beforeAll, describe, expect, test } from "bun:test";

import { at, type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { Repository } from "../scripts/lib/fleet/repository.ts";
import { validate, type Validation } from "../scripts/lib/validate/validate.ts";
import { run } from "../scripts/validate.ts";
import { clusters, services, tenants } from "./support/fleet.ts";
import { runIn, sampleRepository } from "./support/repository.ts";
import { objectsOf, sampleValidation } from "./support/sample.ts";
import { all } from "./support/tenants.ts";

let validation: Validation;
/** Copies of the services that run: each cluster's, and soylent's own. */
const deployments = 32;
beforeAll(async () => {
  validation = await sampleValidation();
}, 120_000);

test("every pod keeps to Pod Security restricted, states its resources and pins its image", () => {
  const ofServices = (kind: string) =>
    objectsOf(validation, kind).filter(({ application }) => !application.name.startsWith("store-"));
  const pods = [...ofServices("Deployment"), ...ofServices("Job")];
  expect(ofServices("Deployment")).toHaveLength(deployments);
  expect(ofServices("Job")).toHaveLength(deployments / 2);
  const asks = new Set(["auth-service", "case-service"]);
  for (const { application, object } of pods) {
    const pod = objectAt(object.object, "spec", "template", "spec");
    const container = objectAt(pod, "containers", 0);
    expect([application.id, pod]).toEqual([
      application.id,
      expect.objectContaining({
        // A token is for those that ask the API server, for settings and secrets of tenants.
        automountServiceAccountToken: object.id.kind === "Deployment" && asks.has(object.id.name),
        securityContext: expect.objectContaining({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } }),
      }),
    ]);
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      resources: {
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { cpu: expect.any(String), memory: expect.any(String) },
      },
      image: expect.stringMatching(/@sha256:[0-9a-f]{64}$/),
    });
  }
});

test("a rollout loses nothing: surge before removal, probes, a drain before the end, replicas never beside a HPA", () => {
  const scaled = new Set(objectsOf(validation, "HorizontalPodAutoscaler").map(({ application }) => application.id));
  // None in dev.
  expect(scaled.size).toBe(deployments - services.length);
  for (const { application, object } of objectsOf(validation, "Deployment")) {
    // What counts for the monitoring of a store is no service: nobody calls it.
    if (application.request?.tool !== "helm") continue;
    const { spec } = object.object as { spec: JsonObject };
    expect(spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } });
    const container = objectAt(spec, "template", "spec", "containers", 0);
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) expect(container).toHaveProperty(probe);
    const drain = at(container, "lifecycle", "preStop", "sleep", "seconds") as number;
    expect(at(spec, "template", "spec", "terminationGracePeriodSeconds") as number).toBeGreaterThan(drain);
    expect(listAt(spec, "template", "spec", "topologySpreadConstraints")).toHaveLength(2);
    expect([application.id, "replicas" in spec]).toEqual([application.id, !scaled.has(application.id)]);
  }
});

test("both sides of every call are open, and no others", () => {
  const { applications, values } = validation.fleet;
  const policy = (id: string, service: string) =>
    applications
      .find((application) => application.id === id)!
      .objects.find(({ id: own }) => own.kind === "NetworkPolicy" && own.name === service)!.object;
  for (const application of applications.filter(({ request }) => request?.tool === "helm")) {
    const name = application.request?.tool === "helm" ? application.request.releaseName : "";
    const { merged } = values(application)!;
    const remote = [...Object.keys(objectAt(merged, "remoteServices")), ...listAt(merged, "facts", "peer", "services")];
    const all = listAt(merged, "dependsOn", "services") as string[];
    const called = all.filter((service) => !remote.includes(service));
    const ofPeer = listAt(merged, "facts", "peer", "services") as string[];
    const gateways = all.some((service) => ofPeer.includes(service)) ? ["peer"] : [];
    const labels = Object.keys(
      objectAt(
        application.objects.find(({ id }) => id.kind === "Deployment")!.object,
        "spec",
        "template",
        "metadata",
        "labels",
      ),
    );
    expect(labels.filter((label) => label.startsWith("calls.")).toSorted()).toEqual(
      [...called, ...gateways].map((service) => `calls.murima2025.com/${service}`).toSorted(),
    );
    const egress = listAt(policy(application.id, name), "spec", "egress").flatMap((rule) => listAt(rule, "to"));
    const open = egress.map((peer) =>
      stringAt(peer, "podSelector", "matchLabels", "app.kubernetes.io/part-of") === "murima"
        ? stringAt(peer, "podSelector", "matchLabels", "app.kubernetes.io/name")
        : undefined,
    );
    expect([application.id, open.filter((service) => service !== undefined).toSorted()]).toEqual([
      application.id,
      called.toSorted(),
    ]);
    const proxies = egress.flatMap(
      (peer) => stringAt(peer, "podSelector", "matchLabels", "gateway.networking.k8s.io/gateway-name") ?? [],
    );
    expect([application.id, proxies]).toEqual([application.id, gateways]);
    for (const service of called) {
      const [from] = listAt(policy(application.id.replace(name, service), service), "spec", "ingress");
      expect(listAt(from, "from")[0]).toEqual({
        podSelector: { matchLabels: { [`calls.murima2025.com/${service}`]: "true" } },
      });
    }
    expect(name).not.toBe("");
  }
});

test("a service reaches only the stores of its own cluster", () => {
  for (const { application, object } of objectsOf(validation, "ConfigMap")) {
    for (const [name, host] of Object.entries(objectAt(object.object, "data") as Record<string, string>)) {
      if (!/^(DB|MONGODB|REDIS|ELASTICSEARCH|RABBITMQ)_HOST$/.test(name)) continue;
      const own = /\.stores\.svc(\.cluster\.local)?$/.test(host) || host.includes(`.${application.cluster}.internal.`);
      expect([application.id, name, host, own]).toEqual([application.id, name, host, true]);
    }
  }
});

test("F2, R11: public routes drop the tenant's header, those of a tenant set it, internal ones keep it", () => {
  const facts = [...validation.fleet.documents.clusters.values()].map(({ document }) => document.spec);
  const called = facts.flatMap(({ peer }) => peer?.services ?? []).length;
  const consoles = facts.filter(({ stores }) => stores.mode === "operator").length;
  // Two a cluster and its redirect, one a tenant, one a service of a peer, and Kibana where it runs.
  expect(objectsOf(validation, "HTTPRoute")).toHaveLength(3 * clusters.length + tenants.length + called + consoles);
  for (const { object } of objectsOf(validation, "HTTPRoute")) {
    for (const rule of listAt(object.object, "spec", "rules")) {
      // What redirects leads nowhere.
      if (listAt(rule, "backendRefs").length === 0 && object.id.name === "redirect") continue;
      const tenant = object.id.name.startsWith("tenant-") ? object.id.name.slice("tenant-".length) : undefined;
      const gateway = stringAt(object.object, "spec", "parentRefs", 0, "name");
      if (gateway === "internal" || gateway === "peer") {
        expect(JSON.stringify(listAt(rule, "filters"))).not.toContain("X-Tenant-ID");
        continue;
      }
      const said =
        tenant === undefined
          ? { remove: expect.arrayContaining(["X-Tenant-ID"]) as string[] }
          : { set: [{ name: "X-Tenant-ID", value: tenant }] };
      expect(listAt(rule, "filters")[0]).toMatchObject({ requestHeaderModifier: said });
    }
  }
});

test("a migration runs as a hook that brings its own network policy and needs nothing of the revision it comes with", () => {
  const jobs = objectsOf(validation, "Job").filter(({ object }) => object.id.name.endsWith("-migration"));
  expect(jobs).toHaveLength(deployments / 2);
  for (const { application, object } of jobs) {
    expect(object.hooks).toEqual(["PreSync"]);
    expect(JSON.stringify(object.object)).not.toContain("configMapRef");
    const policy = application.objects.find(({ id }) => id.kind === "NetworkPolicy" && id.name === object.id.name)!;
    expect([policy.hooks, stringAt(policy.object, "metadata", "annotations", "argocd.argoproj.io/sync-wave")]).toEqual([
      ["PreSync"],
      "-1",
    ]);
  }
});

test("test data is for the environment testing only", async () => {
  await using repository = await sampleRepository();
  await repository.values(
    "clusters/dev-shared/services/auth-service/values.yaml",
    "testData:\n  enabled: true\n  command:\n    - node\n",
  );
  const { code, stdout } = await runIn(repository, run, ["--format", "json"]);
  expect([code, stdout]).toEqual([1, expect.stringContaining("testData.enabled is for the environment")]);
  for (const file of [
    "argocd/kustomization.yaml",
    "facts/environment.yaml",
    "facts/kustomization.yaml",
    "values.yaml",
  ]) {
    const text = await repository.read(`environments/dev/${file}`);
    await repository.write(
      `environments/testing/${file}`,
      text.replaceAll(/(name|environment): dev$/gm, "$1: testing"),
    );
  }
  await repository.remove("environments/dev");
  await repository.edit("environments/staging/facts/environment.yaml", "promotesFrom: dev", "promotesFrom: testing");
  await repository.edit("clusters/dev-shared/facts/cluster.yaml", "environment: dev", "environment: testing");
  for (const own of ["kustomization.yaml", "platform/gateway/kustomization.yaml"])
    await repository.edit(`clusters/dev-shared/${own}`, "environments/dev", "environments/testing");
  const testing = await validate(await Repository.read(repository.root, { env: process.env }), { selection: all });
  expect(testing.findings).toEqual([]);
  const jobs = objectsOf(testing, "Job").filter(({ object }) => object.id.name.endsWith("-test-data"));
  expect(jobs.map(({ application }) => application.id)).toEqual(["dev-shared/service-auth-service"]);
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
      DB_HOST: "postgresql-pooler.stores.svc.cluster.local",
      DB_PORT: "5432",
      DB_NAME: "case_service",
      REDIS_PORT: "6379",
      ELASTICSEARCH_PORT: "9200",
      MONGODB_PORT: "27017",
      LOG_LEVEL: "info",
      NODE_ENV: "production",
      API_TIMEOUT: "30000",
    });
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
    expect(listAt(config, "routes")).toHaveLength(2);
  });

  test("5.2 and D-37: tokens are signed with a private key that one service has, and no configuration holds a secret", () => {
    const holders = objectsOf(validation, "Deployment").filter(({ object }) =>
      JSON.stringify(object.object).includes("JWT_PRIVATE_KEY"),
    );
    expect(new Set(holders.map(({ object }) => object.id.name))).toEqual(new Set(["auth-service"]));
    for (const { application, object } of objectsOf(validation, "ConfigMap")) {
      // What makes accounts names passwords, and reads them elsewhere.
      if (application.name.startsWith("store-")) continue;
      expect(JSON.stringify(object.object)).not.toMatch(/clientSecret|privateKey|password|HS256/i);
    }
    expect(objectsOf(validation, "Secret")).toEqual([]);
  });
});
