import { afterAll, describe, expect, test } from "bun:test";

import { at, type JsonObject, listAt } from "../scripts/lib/core/json.ts";
import { largestCounts } from "../scripts/lib/fleet/resource-requests.ts";
import { find, serviceChart } from "./support/chart.ts";
import { fleetOf, said } from "./support/rule.ts";

const chart = await serviceChart();
afterAll(() => chart[Symbol.asyncDispose]());

const keda = ["keda.sh/v1alpha1"];
const stores = { dependsOn: { stores: ["rabbitmq"] } };
const autoscaling = { enabled: true, minReplicas: 2, maxReplicas: 7, cpuUtilization: 65 };
const worker = { command: ["node", "x"], autoscaling, queues: { work: 30, "work.late": 5 } };
const values: JsonObject = { ...stores, workers: { worker } };
const kindsOf = (objects: readonly JsonObject[], name: string) =>
  ["HorizontalPodAutoscaler", "ScaledObject"].filter((kind) => find(objects, kind, name) !== undefined);
const yaml = (objects: readonly JsonObject[]) => objects.map((object) => Bun.YAML.stringify(object));

describe("workers that name queues", () => {
  test("are scaled by them where the cluster has KEDA, and by their CPU elsewhere; the service always by its CPU", async () => {
    expect(chart.violations(values)).toEqual([]);
    const without = await chart.render(values);
    expect(kindsOf(without, "case-service-worker")).toEqual(["HorizontalPodAutoscaler"]);
    expect(find(without, "TriggerAuthentication", "case-service-rabbitmq")).toBeUndefined();
    const objects = await chart.render(values, "murima", keda);
    expect(kindsOf(objects, "case-service-worker")).toEqual(["ScaledObject"]);
    expect(kindsOf(objects, "case-service")).toEqual(["HorizontalPodAutoscaler"]);
  });

  test("have one trigger a queue of their own, beside that of the CPU, in the bounds and at the pace of any other", async () => {
    const objects = await chart.render(values, "murima", keda);
    const spec = find(objects, "ScaledObject", "case-service-worker")!["spec"] as JsonObject;
    expect([spec["minReplicaCount"], spec["maxReplicaCount"]]).toEqual([2, 7]);
    expect(spec["fallback"]).toEqual({ behavior: "currentReplicasIfHigher", failureThreshold: 3, replicas: 2 });
    const behavior = at(find(objects, "HorizontalPodAutoscaler", "case-service"), "spec", "behavior");
    expect(at(spec, "advanced", "horizontalPodAutoscalerConfig", "behavior")).toEqual(behavior);
    const [cpu, ...queues] = listAt(spec, "triggers");
    expect(cpu).toEqual({ type: "cpu", metricType: "Utilization", metadata: { value: "65" } });
    expect(queues.map((trigger) => [at(trigger, "metadata", "queueName"), at(trigger, "metadata", "value")])).toEqual([
      ["case-service.work", "30"],
      ["case-service.work.late", "5"],
    ]);
  });

  test("are counted by the account, at the place and by the authority that they have themselves", async () => {
    for (const [facts, host, vhost, user] of [
      [{}, "rabbitmq.stores.svc.cluster.local", "murima", "case_service"],
      [{ tenant: "wonka" }, "rabbitmq.stores.svc.cluster.local", "tenant_wonka", "tenant_wonka_case_service"],
      [
        { stores: { mode: "managed", domain: "s.example", cidrs: ["10.1.0.0/16"] } },
        "rabbitmq.s.example",
        "murima",
        "case_service",
      ],
    ] as [JsonObject, string, string, string][]) {
      const objects = await chart.render({ ...values, facts }, "murima", keda);
      const env = find(objects, "ConfigMap", "case-service-env")!["data"] as JsonObject;
      const trigger = listAt(find(objects, "ScaledObject", "case-service-worker"), "spec", "triggers")[1];
      expect(at(trigger, "metadata")).toMatchObject({
        host: `amqps://${host}:5671`,
        vhostName: vhost,
        protocol: "amqp",
      });
      expect(env).toMatchObject({
        RABBITMQ_HOST: host,
        RABBITMQ_PORT: "5671",
        RABBITMQ_VHOST: vhost,
        RABBITMQ_USER: user,
      });
      const name = at(trigger, "authenticationRef", "name") as string;
      const authentication = find(objects, "TriggerAuthentication", name)!;
      expect(find(objects, "ConfigMap", name)!["data"]).toEqual({ tls: "enable", username: user });
      expect(listAt(authentication, "spec", "secretTargetRef")).toEqual([
        { parameter: "password", name: "case-service-rabbitmq", key: "password" },
      ]);
      expect(listAt(authentication, "spec", "configMapTargetRef")).toContainEqual({
        parameter: "ca",
        name: "trust-bundle",
        key: "ca.crt",
      });
    }
  });

  test("without TLS ask for no authority", async () => {
    const plain = { ...values, stores: { rabbitmq: { tls: false } } };
    const objects = await chart.render(plain, "murima", keda);
    const trigger = listAt(find(objects, "ScaledObject", "case-service-worker"), "spec", "triggers")[1];
    expect(at(trigger, "metadata", "host")).toBe("amqp://rabbitmq.stores.svc.cluster.local:5671");
    expect(JSON.stringify(find(objects, "TriggerAuthentication", "case-service-rabbitmq"))).not.toContain(
      "trust-bundle",
    );
  });

  test("name queues as RabbitMQ and KEDA take them, of a service that reads RabbitMQ", async () => {
    for (const queues of [
      {},
      { "": 1 },
      { "a b": 1 },
      { Work: 1 },
      { work: 0 },
      { work: 1.5 },
      { work: "1" },
    ] as JsonObject[])
      expect([queues, chart.violations({ ...stores, workers: { worker: { ...worker, queues } } }).length > 0]).toEqual([
        queues,
        true,
      ]);
    const failure = await chart.render({ workers: { worker } }, "murima", keda).catch((error: Error) => error.message);
    expect(failure).toContain("dependsOn.stores lacks rabbitmq");
    // What is not scaled needs no KEDA.
    const fixed = { ...stores, workers: { worker: { ...worker, autoscaling: { enabled: false }, replicas: 2 } } };
    expect(kindsOf(await chart.render(fixed, "murima", keda), "case-service-worker")).toEqual([]);
  });
});

describe("KEDA's autoscaler is one to every rule that asks how many pods there are", () => {
  test("its most is what budgets, quotas and capacities count, with the one of a rollout", async () => {
    const fleet = await fleetOf(...yaml(await chart.render(values, "murima", keda)));
    const counts = new Map(largestCounts(fleet).map(({ deployed, count }) => [deployed.id.name, count]));
    expect([counts.get("case-service-worker"), counts.get("case-service")]).toEqual([7 + 1, 10 + 1]);
  });

  test("its least is what a PodDisruptionBudget has to leave one of", async () => {
    const objects = await chart.render(values, "murima", keda);
    const budget = (minAvailable: number) =>
      yaml(
        objects.map((object) =>
          object["kind"] === "PodDisruptionBudget"
            ? { ...object, spec: { selector: at(object, "spec", "selector")!, minAvailable } }
            : object,
        ),
      );
    expect(await said("blocking-pdb", ...budget(2))).toEqual(["lets no pod go (of 2)"]);
    expect(await said("blocking-pdb", ...budget(1))).toEqual([]);
  });

  test("its workload states no replicas, is there, and has no second autoscaler", async () => {
    const objects = await chart.render(values, "murima", keda);
    const name = "case-service-worker";
    const changed = (change: (object: JsonObject) => JsonObject) =>
      yaml(objects.map((object) => (at(object, "metadata", "name") === name ? change(object) : object)));
    const inSpec = (kind: string, more: JsonObject) => (object: JsonObject) =>
      object["kind"] === kind ? { ...object, spec: { ...(object["spec"] as JsonObject), ...more } } : object;
    expect(await said("replicas-beside-hpa", ...yaml(objects))).toEqual([]);
    expect(await said("replicas-beside-hpa", ...changed(inSpec("Deployment", { replicas: 3 })))).toEqual([
      `scales Deployment ${name}, which states replicas`,
    ]);
    // KEDA has a Deployment in mind where no kind is said.
    expect(
      await said("replicas-beside-hpa", ...changed(inSpec("ScaledObject", { scaleTargetRef: { name: "other" } }))),
    ).toEqual(["scales Deployment other, which is not there"]);
    const both = [...(await chart.render(values)), ...objects];
    expect(await said("replicas-beside-hpa", ...yaml(both))).toContain(
      `scales Deployment ${name}, which HorizontalPodAutoscaler ${name} scales as well`,
    );
  });

  test("what its webhook refuses is found before", async () => {
    const scaled = (spec: string) => `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: app }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: app }, ${spec} }
`;
    const cpu = `{ type: cpu, metricType: Utilization, metadata: { value: "60" } }`;
    const queue = `{ type: rabbitmq, metadata: { queueName: q } }`;
    const fallback = "fallback: { behavior: static, failureThreshold: 3, replicas: 1 }";
    const bounds = "minReplicaCount: 2, maxReplicaCount: 3";
    for (const [spec, part] of [
      [`minReplicaCount: 4, maxReplicaCount: 3, triggers: [${queue}]`, "more than maxReplicaCount 3"],
      [`minReplicaCount: 0, maxReplicaCount: 3, triggers: [${cpu}]`, "tell nothing of no pods"],
      [`${bounds}, ${fallback}, triggers: [${cpu}]`, "has a fallback and no trigger"],
    ] as const)
      expect([spec, await said("object-validation", scaled(spec))]).toEqual([
        spec,
        expect.arrayContaining([expect.stringContaining(part)]) as unknown as string[],
      ]);
    expect(await said("object-validation", scaled(`${bounds}, ${fallback}, triggers: [${cpu}, ${queue}]`))).toEqual([]);
  });

  test("what it names has to be there: its authentication, and what that reads", async () => {
    const objects = (await chart.render(values, "murima", keda)).filter(({ kind }) => kind !== "Deployment");
    const missing = await said("dangling-reference", ...yaml(objects));
    expect(missing).toContain("needs Secret murima/case-service-rabbitmq, which is not there");
    expect(missing).toContain("needs ConfigMap murima/trust-bundle, which is not there");
    const alone = objects.filter(({ kind }) => kind !== "TriggerAuthentication");
    expect(await said("dangling-reference", ...yaml(alone))).toContain(
      "needs TriggerAuthentication murima/case-service-rabbitmq, which is not there",
    );
  });
});
