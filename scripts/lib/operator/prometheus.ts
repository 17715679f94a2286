/**
 * Read in prometheus-operator v0.94.0: pkg/prometheus/{common,operator,promcfg}.go, pkg/prometheus/server/{operator,statefulset}.go,
 * pkg/operator/{config,config_reloader}.go, cmd/operator/main.go. Resources of the reloader are those that the operator has for it unless its flags say others.
 */
import { at, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { claimsAt, container, keyed, type Labels, nameOf, numberAt, service, withGiven, workload } from "./made.ts";

const small = { cpu: "10m", memory: "50Mi" };
export const reloaderResources = { requests: small, limits: small };

export function prometheus(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const web = stringAt(spec, "portName") ?? "web";
  const isLocal = at(spec, "listenLocal") === true;
  const shards = Math.max(numberAt(spec, 1, "shards"), 1);
  const labels = (shard: number): Labels => ({
    ...(objectAt(spec, "podMetadata", "labels") as Labels),
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/managed-by": "prometheus-operator",
    "app.kubernetes.io/name": "prometheus",
    "operator.prometheus.io/name": name,
    "operator.prometheus.io/shard": `${shard}`,
    prometheus: name,
  });
  const containers = [
    container("prometheus", isLocal ? {} : { [web]: 9090 }, at(spec, "resources")),
    container("config-reloader", isLocal ? {} : { "reloader-web": 8080 }, reloaderResources),
  ];
  return [
    ...Array.from({ length: shards }, (_, shard) =>
      workload({
        name: shard === 0 ? `prometheus-${name}` : `prometheus-${name}-shard-${shard}`,
        replicas: numberAt(spec, 1, "replicas"),
        labels: labels(shard),
        account: stringAt(spec, "serviceAccountName"),
        containers: withGiven(containers, listAt(spec, "containers")),
        secrets: stringsAt(spec, "secrets"),
        claims: claimsAt(spec, "storage", "volumeClaimTemplate"),
      }),
    ),
    // Another governing Service has to be there already.
    ...(at(spec, "serviceName") === undefined
      ? [
          service(
            "prometheus-operated",
            { "app.kubernetes.io/name": "prometheus" },
            { [web]: [9090, web] },
            { "operated-prometheus": "true" },
          ),
        ]
      : []),
    keyed("Secret", `prometheus-${name}`, "prometheus.yaml.gz"),
    keyed("Secret", `prometheus-${name}-web-config`, "web-config.yaml"),
  ];
}
