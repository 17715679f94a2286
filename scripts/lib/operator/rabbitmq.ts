/**
 * Read in rabbitmq/cluster-operator at ef46be83 of 2026-08-06 (after v2.22.3): internal/metadata/label.go, internal/resource/*.go,
 * api/v1beta1/rabbitmqcluster_types.go; in rabbitmq/messaging-topology-operator at e736e2d of 2026-08-21 (after v1.20.1):
 * internal/controller/user_controller.go. Ports of further plugins than these are not described.
 */
import { at, type JsonObject, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { parseQuantity } from "../model/quantity.ts";
import { account, claim, container, keyed, type Labels, nameOf, numberAt, service, workload } from "./made.ts";

const plain = { amqp: 5672, management: 15_672 };
const tls = { amqps: 5671, "management-tls": 15_671 };
const plugins: Readonly<Record<string, readonly [plain: Record<string, number>, tls: Record<string, number>]>> = {
  rabbitmq_mqtt: [{ mqtt: 1883 }, { mqtts: 8883 }],
  rabbitmq_stomp: [{ stomp: 61_613 }, { stomps: 61_614 }],
  rabbitmq_stream: [{ stream: 5552 }, { streams: 5551 }],
  rabbitmq_web_mqtt: [{ "web-mqtt": 15_675 }, { "web-mqtt-tls": 15_676 }],
  rabbitmq_web_stomp: [{ "web-stomp": 15_674 }, { "web-stomp-tls": 15_673 }],
};

export function rabbitmqCluster(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const certificate = stringAt(spec, "tls", "secretName");
  const isTls = certificate !== undefined;
  const isPlain = !(isTls && at(spec, "tls", "disableNonTLSListeners") === true);
  const enabled = stringsAt(spec, "rabbitmq", "additionalPlugins").map(
    (plugin) => plugins[plugin] ?? ([{}, {}] as const),
  );
  const metrics = isTls ? { "prometheus-tls": 15_691 } : { prometheus: 15_692 };
  const ports = {
    ...(isPlain ? Object.assign({}, plain, ...enabled.map(([own]) => own)) : {}),
    ...(isTls ? Object.assign({}, tls, ...enabled.map(([, own]) => own)) : {}),
    ...metrics,
  } as Record<string, number>;
  const labels: Labels = {
    "app.kubernetes.io/component": "rabbitmq",
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/part-of": "rabbitmq",
  };
  const selector = { "app.kubernetes.io/name": name };
  const storage = at(spec, "persistence", "storage") ?? "10Gi";
  const external = stringAt(spec, "secretBackend", "externalSecret", "name");
  const resources = at(spec, "resources") ?? {
    limits: { cpu: "2000m", memory: "2Gi" },
    requests: { cpu: "1000m", memory: "2Gi" },
  };
  return [
    workload({
      name: `${name}-server`,
      replicas: numberAt(spec, 1, "replicas"),
      labels,
      account: `${name}-server`,
      containers: [
        container("rabbitmq", { epmd: 4369, ...(isPlain ? { prometheus: 15_692 } : {}), ...ports }, resources),
      ],
      secrets: [certificate, stringAt(spec, "tls", "caSecretName"), external],
      claims:
        parseQuantity(storage) === 0
          ? []
          : [claim("persistence", storage, at(spec, "persistence", "storageClassName"))],
    }),
    service(name, selector, ports, labels),
    service(`${name}-nodes`, selector, { epmd: 4369, "cluster-rpc": 25_672 }, labels),
    account(`${name}-server`),
    ...(external === undefined
      ? [
          keyed(
            "Secret",
            `${name}-default-user`,
            "username",
            "password",
            "default_user.conf",
            "provider",
            "type",
            "host",
            "port",
            "connection_string",
          ),
        ]
      : []),
    keyed("Secret", `${name}-erlang-cookie`, ".erlang.cookie"),
  ];
}

/** What the topology operator makes of a user: its password, or what a Secret of ours says of it. */
export function rabbitmqUser(resource: JsonObject): JsonObject[] {
  return [keyed("Secret", `${nameOf(resource)}-user-credentials`, "username", "password")];
}
