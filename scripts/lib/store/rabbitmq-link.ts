import type { JsonObject } from "../core/json.ts";
import type { Cluster } from "../model/generated.ts";
import { besideStores } from "./object.ts";
import { type Broker, matchExactly, topologyObject } from "./rabbitmq.ts";

/** The name of everything that joins two brokers; a cluster has one peer. Secrets of these names are in apps/secrets.yaml. */
const link = "peer-link";
const uris = `${link}-uris`;

/** One side of what joins the brokers of a hybrid deployment, where its facts say a shovel does. */
export function linkObjects(cluster: Cluster, peer: Cluster | undefined, broker: Broker): JsonObject[] {
  const declared = cluster.spec.peer?.stores?.rabbitmq;
  if (declared?.link !== "shovel" || peer === undefined) return [];
  if (declared.from === cluster.metadata.name) return sender(peer, broker);
  return declared.from === peer.metadata.name ? receiver(broker) : [];
}

/**
 * What is published waits in a queue of its own, so that nothing is lost while the way to the peer is cut, and a message is
 * gone from it once the peer has confirmed it. Only one side sends, so nothing comes back.
 * Source: RabbitMQ, dynamic shovels; messaging-topology-operator, api/v1beta1.
 */
function sender(peer: Cluster, broker: Broker): JsonObject[] {
  const { vhost, exchange } = broker;
  return [
    ...user(broker, { configure: "^$", write: "^$", read: matchExactly(link) }),
    topologyObject("Queue", link, 3, broker, {
      name: link,
      vhost,
      type: "quorum",
      durable: true,
      autoDelete: false,
      // A link that is cut often is no fault of the messages; the oldest go before they fill the disk.
      arguments: { "x-delivery-limit": -1, "x-max-length-bytes": 10_737_418_240 },
      deletionPolicy: "retain",
    }),
    topologyObject("Binding", link, 4, broker, {
      vhost,
      source: exchange,
      destination: link,
      destinationType: "queue",
      routingKey: "#",
    }),
    topologyObject("Shovel", link, 5, broker, {
      name: link,
      vhost,
      uriSecret: { name: uris },
      srcProtocol: "amqp091",
      srcQueue: link,
      srcPrefetchCount: 100,
      destProtocol: "amqp091",
      destExchange: exchange,
      destAddForwardHeaders: true,
      ackMode: "on-confirm",
      reconnectDelay: 5,
    }),
    wayOut(peer),
  ];
}

/** The peer logs in as a user that may publish, and nothing else. */
const receiver = (broker: Broker) =>
  user(broker, { configure: "^$", write: matchExactly(broker.exchange), read: "^$" });

function user(broker: Broker, permissions: JsonObject): JsonObject[] {
  const userReference = { name: link };
  return [
    topologyObject("User", link, 1, broker, { importCredentialsSecret: { name: link } }),
    topologyObject("Permission", link, 3, broker, { userReference, vhost: broker.vhost, permissions }),
  ];
}

/** To the broker of the peer: where its stores are, or its nodes where it runs them itself. */
function wayOut({ spec: { stores, cidrs } }: Cluster): JsonObject {
  const ranges = stores.cidrs ?? [cidrs.nodes];
  const spec = {
    podSelector: { matchLabels: { "app.kubernetes.io/name": "rabbitmq" } },
    policyTypes: ["Egress"],
    egress: [{ to: ranges.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: "TCP", port: 5671 }] }],
  };
  return besideStores("networking.k8s.io/v1", "NetworkPolicy", `rabbitmq-to-${link}`, { spec });
}
