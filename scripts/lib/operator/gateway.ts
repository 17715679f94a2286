/**
 * Read in Envoy Gateway v1.9.1: internal/infrastructure/kubernetes/proxy/{resource,resource_provider}.go, with proxies in the
 * namespace of their Gateway (deploy.type GatewayNamespace). How they run is said in an EnvoyProxy, which is looked at on its
 * own; ports of listeners are 10,000 more than the Gateway says where these are below 1024.
 */
import { at, type JsonObject, listAt } from "../core/json.ts";
import { account, container, nameOf, service, workload } from "./made.ts";

const metrics = { metrics: 19_001, readiness: 19_003 };

export function gateway(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const labels = {
    "app.kubernetes.io/component": "proxy",
    "app.kubernetes.io/managed-by": "envoy-gateway",
    "app.kubernetes.io/name": "envoy",
    "gateway.networking.k8s.io/gateway-name": name,
  };
  const ports = [...new Set(listAt(resource, "spec", "listeners").map((listener) => at(listener, "port")))]
    .filter((port) => typeof port === "number")
    .map((port) => [port, port < 1024 ? port + 10_000 : port] as const);
  const named = Object.fromEntries(ports.map(([port, target]) => [`listener-${port}`, target]));
  return [
    workload({
      kind: "Deployment",
      name,
      replicas: 1,
      labels,
      account: name,
      containers: [container("envoy", { ...named, ...metrics }), container("shutdown-manager", { "": 19_002 })],
    }),
    service(
      name,
      labels,
      Object.fromEntries(ports.map(([port, target]) => [`listener-${port}`, [port, target] as const])),
    ),
    account(name),
  ];
}
