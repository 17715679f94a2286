/** What the service chart promises, seen in everything the sample fleet renders. */
import { beforeAll, expect, test } from "bun:test";

import { at, type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import type { Validation } from "../scripts/lib/validate/validate.ts";
import { run } from "../scripts/validate.ts";
import { runIn, sampleRepository } from "./support/repository.ts";
import { objectsOf, sampleValidation } from "./support/sample.ts";

let validation: Validation;
beforeAll(async () => {
  validation = await sampleValidation();
}, 120_000);

test("every pod keeps to Pod Security restricted, states its resources and pins its image", () => {
  const pods = [...objectsOf(validation, "Deployment"), ...objectsOf(validation, "Job")];
  expect(pods.length).toBeGreaterThan(100);
  const asks = new Set(["auth-service", "case-service", "comm-hub", "configuration-service"]);
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
  expect(scaled.size).toBe(80);
  for (const { application, object } of objectsOf(validation, "Deployment")) {
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
    const remote = Object.keys(objectAt(merged, "remoteServices"));
    const called = (listAt(merged, "dependsOn", "services") as string[]).filter((service) => !remote.includes(service));
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
      called.map((service) => `calls.murima2025.com/${service}`).toSorted(),
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
      const own = host.endsWith(".stores.svc.cluster.local") || host.includes(`.${application.cluster}.internal.`);
      expect([application.id, name, host, own]).toEqual([application.id, name, host, true]);
    }
  }
});

test("no tenant header that a client sends gets through: routes drop it, those of a tenant set it", () => {
  expect(objectsOf(validation, "HTTPRoute").length).toBeGreaterThan(18);
  for (const { object } of objectsOf(validation, "HTTPRoute")) {
    for (const rule of listAt(object.object, "spec", "rules")) {
      const tenant = object.id.name.startsWith("tenant-") ? object.id.name.slice("tenant-".length) : undefined;
      const said =
        tenant === undefined ? { remove: ["X-Tenant-ID"] } : { set: [{ name: "X-Tenant-ID", value: tenant }] };
      expect(listAt(rule, "filters")[0]).toMatchObject({ requestHeaderModifier: said });
    }
  }
});

test("a migration runs as a hook that brings its own network policy and needs nothing of the revision it comes with", () => {
  const jobs = objectsOf(validation, "Job").filter(({ object }) => object.id.name.endsWith("-migration"));
  expect(jobs).toHaveLength(50);
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
  const where = objectsOf(validation, "Job").filter(({ object }) => object.id.name.endsWith("-test-data"));
  expect(new Set(where.map(({ application }) => application.cluster))).toEqual(new Set(["staging-shared"]));
  await using repository = await sampleRepository();
  await repository.edit(
    "clusters/dev-shared/services/auth-service/values.yaml",
    "{}",
    "testData:\n  enabled: true\n  command:\n    - node\n",
  );
  const { code, stdout } = await runIn(repository, run, ["--format", "json"]);
  expect([code, stdout]).toEqual([1, expect.stringContaining("testData.enabled is for the environment")]);
});
