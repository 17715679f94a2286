import { describe, expect, test } from "bun:test";

import { said } from "../../../tests/support/rule.ts";
import { at, type JsonObject, listAt, objectAt } from "../core/json.ts";
import { isAmong, portsOfPod } from "../model/ports.ts";
import { selects } from "../model/selector.ts";
import { madeOf, operators } from "./operators.ts";

const samples: Record<string, string> = {
  "addons.projectcapsule.dev/SopsSecret": "{ secrets: [{ name: own, stringData: { a: ENC } }] }",
  "cert-manager.io/Certificate": "{ secretName: own-tls }",
  "elasticsearch.k8s.elastic.co/Elasticsearch":
    "{ version: 9.5.1, nodeSets: [{ name: all, count: 3, podTemplate: { spec: { containers: [{ name: elasticsearch, resources: { limits: { memory: 4Gi } } }] } } }] }",
  "gateway.networking.k8s.io/Gateway":
    "{ gatewayClassName: envoy, listeners: [{ name: http, port: 80, protocol: HTTP }, { name: https, port: 8443, protocol: HTTPS }] }",
  "kibana.k8s.elastic.co/Kibana": "{ version: 9.5.1, count: 2, elasticsearchRef: { name: own } }",
  "monitoring.coreos.com/Alertmanager": "{ replicas: 3, serviceAccountName: alertmanager }",
  "monitoring.coreos.com/Prometheus":
    "{ replicas: 2, shards: 2, portName: http, resources: { requests: { memory: 1Gi } }, storage: { volumeClaimTemplate: { spec: { storageClassName: fast } } } }",
  "postgresql.cnpg.io/Cluster":
    "{ instances: 3, storage: { size: 1Gi, storageClass: fast }, certificates: { serverTLSSecret: server, serverCASecret: server } }",
  "postgresql.cnpg.io/Pooler": "{ cluster: { name: own }, instances: 2, type: rw }",
  "psmdb.percona.com/PerconaServerMongoDB":
    "{ sharding: { enabled: true }, backup: { enabled: true }, replsets: [{ name: rs0, size: 3, volumeSpec: { persistentVolumeClaim: { resources: { requests: { storage: 1Gi } } } } }] }",
  "rabbitmq.com/RabbitmqCluster":
    "{ replicas: 3, rabbitmq: { additionalPlugins: [rabbitmq_stream] }, tls: { secretName: tls, disableNonTLSListeners: true } }",
  "rabbitmq.com/User": "{ rabbitmqClusterReference: { name: own } }",
  "redis.redis.opstreelabs.in/RedisReplication":
    "{ clusterSize: 3, redisExporter: { enabled: true }, sentinel: { size: 3 }, kubernetesConfig: { redisSecret: { name: redis, key: password } } }",
  "redis.redis.opstreelabs.in/RedisSentinel": "{ clusterSize: 3 }",
};

const text = (kind: string, spec = samples[kind]!, name = "own") => {
  const slash = kind.lastIndexOf("/");
  return `apiVersion: ${kind.slice(0, slash)}/v1\nkind: ${kind.slice(slash + 1)}\nmetadata: { name: ${name}, namespace: murima }\nspec: ${spec}`;
};
const made = (kind: string, spec?: string) => madeOf(Bun.YAML.parse(text(kind, spec)) as JsonObject)!;
const names = (objects: readonly JsonObject[], kind: string) =>
  objects.filter((object) => object["kind"] === kind).map((object) => at(object, "metadata", "name"));
const workloads = (objects: readonly JsonObject[]) => objects.filter((object) => object["apiVersion"] === "apps/v1");

test("every kind of which something is made has a sample", () => {
  const nothing = operators["argoproj.io/*"];
  const making = Object.keys(operators).filter((kind) => operators[kind] !== nothing);
  expect(making.toSorted()).toEqual(Object.keys(samples).toSorted());
});

describe.each(Object.keys(samples))("%s", (kind) => {
  test("Services lead to pods that are made, and to ports that these have", () => {
    const objects = made(kind);
    const templates = workloads(objects).map((own) => objectAt(own, "spec", "template"));
    for (const service of objects.filter((object) => object["kind"] === "Service")) {
      const matchLabels = objectAt(service, "spec", "selector");
      const pods = templates.filter((own) =>
        selects({ matchLabels }, objectAt(own, "metadata", "labels") as Record<string, string>),
      );
      expect([at(service, "metadata", "name"), pods.length > 0]).toEqual([at(service, "metadata", "name"), true]);
      // What a headless Service says of ports is no way for traffic.
      if (at(service, "metadata", "name") === "own-nodes") continue;
      for (const port of listAt(service, "spec", "ports")) {
        const wanted = { port: at(port, "targetPort") ?? at(port, "port"), protocol: "TCP" };
        const found = pods.some((own) => isAmong(wanted, portsOfPod(objectAt(own, "spec"))));
        expect([at(service, "metadata", "name"), wanted.port, found]).toEqual([
          at(service, "metadata", "name"),
          wanted.port,
          true,
        ]);
      }
    }
  });
  test("all of it is in the namespace of the resource, and a spec that says nothing makes no error", () => {
    expect(made(kind).every((object) => at(object, "metadata", "namespace") === "murima")).toBe(true);
    expect(() => made(kind, "{}")).not.toThrow();
  });
});

test("what of a resource decides", () => {
  expect(names(made("monitoring.coreos.com/Prometheus"), "StatefulSet")).toEqual([
    "prometheus-own",
    "prometheus-own-shard-1",
  ]);
  const cluster = (spec: string) => made("postgresql.cnpg.io/Cluster", spec);
  expect(names(cluster("{ instances: 1 }"), "StatefulSet")).toEqual(["own"]);
  expect(names(cluster("{ managed: { services: { disabledDefaultServices: [r, ro] } } }"), "Service")).toEqual([
    "own-rw",
  ]);
  expect(names(cluster("{ bootstrap: { initdb: { secret: { name: given } } } }"), "Secret")).not.toContain("own-app");
  const ports = (spec: string) =>
    portsOfPod(objectAt(workloads(made("rabbitmq.com/RabbitmqCluster", spec))[0]!, "spec", "template", "spec")).map(
      ({ name }) => name,
    );
  expect(ports("{}")).toEqual(["epmd", "prometheus", "amqp", "management"]);
  expect(ports("{ tls: { secretName: a, disableNonTLSListeners: true } }")).toEqual([
    "epmd",
    "amqps",
    "management-tls",
    "prometheus-tls",
  ]);
  const [elastic] = workloads(made("elasticsearch.k8s.elastic.co/Elasticsearch"));
  expect(at(elastic, "spec", "template", "spec", "containers", 0, "resources", "limits", "memory")).toBe("4Gi");
});

test("of kinds that nobody described nothing is known", () =>
  expect(madeOf({ apiVersion: "apps.example/v1", kind: "Database" })).toBeUndefined());

describe("rules see what is made", () => {
  const alertmanager = text("monitoring.coreos.com/Alertmanager");
  const account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: alertmanager }";
  const policy = (label: string, port: number | string) =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: { podSelector: { matchLabels: { ${label} } }, ingress: [{ ports: [{ port: ${port} }] }] }`;

  test("selectors and ports of policies", async () => {
    expect(await said("selector-match", alertmanager, policy("alertmanager: own", "web"))).toEqual([]);
    expect(await said("selector-match", alertmanager, policy("alertmanager: other", "web"))).toEqual([
      "selects no pod",
    ]);
    expect(await said("port-match", alertmanager, policy("alertmanager: own", 9093))).toEqual([]);
    expect(await said("port-match", alertmanager, policy("alertmanager: own", 9090))).toEqual([
      "opens the port 9090, which no pod it selects has",
    ]);
  });
  test("monitors", async () => {
    const monitor = (port: string) =>
      `apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: a }\nspec: { selector: { matchLabels: { operated-alertmanager: "true" } }, endpoints: [{ port: ${port} }] }`;
    expect(await said("port-match", alertmanager, monitor("web"))).toEqual([]);
    expect(await said("port-match", alertmanager, monitor("http"))).toHaveLength(1);
  });
  test("what made pods need, and what is made for others", async () => {
    expect(await said("dangling-reference", alertmanager, account)).toEqual([]);
    expect(await said("dangling-reference", alertmanager)).toEqual([
      "needs ServiceAccount murima/alertmanager, which is not there",
    ]);
    const reader = (key: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, env: [{ name: A, valueFrom: { secretKeyRef: { name: own-app, key: ${key} } } }] }] }`;
    const cluster = text("postgresql.cnpg.io/Cluster", "{ instances: 1 }");
    expect(await said("dangling-reference", cluster, reader("uri"))).toEqual([]);
    expect(await said("dangling-reference", cluster, reader("url"))).toEqual([
      "needs the key url in Secret murima/own-app, which is not there",
    ]);
  });
  test("classes of the volumes that are claimed", async () =>
    expect(await said("cluster-provides", text("postgresql.cnpg.io/Cluster"))).toEqual([
      "needs the definitions of postgresql.cnpg.io, which nothing brings to made-up",
      "needs the StorageClass fast, which nothing brings to made-up",
    ]));
  test("routes to Services that are made", async () => {
    const route = (port: number) =>
      `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: a }\nspec: { rules: [{ backendRefs: [{ name: own-kb-http, port: ${port} }] }] }`;
    const kibana = text("kibana.k8s.elastic.co/Kibana");
    expect(await said("dangling-reference", kibana, route(5601))).toEqual([]);
    expect(await said("port-match", kibana, route(80))).toHaveLength(1);
  });
});
