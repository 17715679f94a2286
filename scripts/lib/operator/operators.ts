import { at, type JsonObject } from "../core/json.ts";
import { resourceId } from "../model/resource.ts";
import { alertmanager } from "./alertmanager.ts";
import { certificate } from "./certificate.ts";
import { elasticsearch, kibana } from "./elastic.ts";
import { gateway } from "./gateway.ts";
import type { Operator } from "./made.ts";
import { perconaMongodb } from "./mongodb.ts";
import { postgresqlCluster, postgresqlPooler } from "./postgresql.ts";
import { prometheus } from "./prometheus.ts";
import { rabbitmqCluster, rabbitmqUser } from "./rabbitmq.ts";
import { redisReplication, redisSentinel } from "./redis.ts";
import { sopsSecret } from "./sops-secret.ts";

const nothing: Operator = () => [];

/**
 * Kinds of custom resources of which it is known what their operator makes, as GROUP/KIND; GROUP/* is every other kind of a
 * group. Of all others nothing is known: there may be pods.
 */
export const operators: Readonly<Record<string, Operator>> = {
  "addons.projectcapsule.dev/SopsSecret": sopsSecret,
  "addons.projectcapsule.dev/*": nothing,
  "argoproj.io/*": nothing,
  "cert-manager.io/Certificate": certificate,
  "cert-manager.io/*": nothing,
  "elasticsearch.k8s.elastic.co/Elasticsearch": elasticsearch,
  "gateway.envoyproxy.io/*": nothing,
  "gateway.networking.k8s.io/Gateway": gateway,
  "gateway.networking.k8s.io/*": nothing,
  "kibana.k8s.elastic.co/Kibana": kibana,
  "monitoring.coreos.com/Alertmanager": alertmanager,
  "monitoring.coreos.com/AlertmanagerConfig": nothing,
  "monitoring.coreos.com/PodMonitor": nothing,
  "monitoring.coreos.com/Probe": nothing,
  "monitoring.coreos.com/Prometheus": prometheus,
  "monitoring.coreos.com/PrometheusRule": nothing,
  "monitoring.coreos.com/ScrapeConfig": nothing,
  "monitoring.coreos.com/ServiceMonitor": nothing,
  "postgresql.cnpg.io/Cluster": postgresqlCluster,
  "postgresql.cnpg.io/Pooler": postgresqlPooler,
  "postgresql.cnpg.io/Database": nothing,
  "postgresql.cnpg.io/DatabaseRole": nothing,
  "postgresql.cnpg.io/ImageCatalog": nothing,
  "postgresql.cnpg.io/ScheduledBackup": nothing,
  "barmancloud.cnpg.io/ObjectStore": nothing,
  "psmdb.percona.com/PerconaServerMongoDB": perconaMongodb,
  "rabbitmq.com/RabbitmqCluster": rabbitmqCluster,
  "rabbitmq.com/User": rabbitmqUser,
  // Others the topology operator makes in RabbitMQ, and nothing in the cluster.
  "rabbitmq.com/*": nothing,
  "redis.redis.opstreelabs.in/RedisReplication": redisReplication,
  "redis.redis.opstreelabs.in/RedisSentinel": redisSentinel,
};

/**
 * What an operator makes of an object, in the object's namespace; undefined where nobody has said it. A resource that is
 * paused, or hibernates, is described as if it ran: it may at any time.
 */
export function madeOf(object: JsonObject): JsonObject[] | undefined {
  const { group, kind, namespace } = resourceId(object);
  const operator = operators[`${group}/${kind}`] ?? operators[`${group}/*`];
  return operator?.(object).map((made) => ({
    ...made,
    metadata: { ...(at(made, "metadata") as JsonObject), namespace },
  }));
}
