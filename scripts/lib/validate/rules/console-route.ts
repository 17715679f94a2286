import { listAt, stringAt, stringsAt } from "../../core/json.ts";
import { listenersOfRoutes } from "../../fleet/listeners.ts";
import { type DeployedObject, standingObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** Pages that staff work at, by the Service that leads to each, as NAMESPACE/NAME; and the component that routes it. */
const consoles: ReadonlyMap<string, string> = new Map([
  ["argocd/argocd-server", "argocd"],
  ["monitoring/grafana", "grafana"],
  ["stores/kibana-kb-http", "kibana"],
]);

/** The Gateway that only staff reach. */
const staff = "staff";

export const consoleRoute: Rule = {
  id: "console-route",
  severity: "error",
  needs: "clusters",
  holds: "Each console of a cluster has a host, at the gateway for staff and at no other.",
  because:
    "A console without one is opened by a tunnel with somebody's rights of the cluster; at another, it is everybody's.",
  *check(fleet) {
    const listenersOf = listenersOfRoutes(fleet);
    const routes = Map.groupBy(
      standingObjects(fleet, "HTTPRoute").flatMap((route) => backendsOf(route).map((backend) => ({ route, backend }))),
      ({ backend }) => backend,
    );
    for (const { cluster, id, at } of standingObjects(fleet, "Service")) {
      const service = `${id.namespace}/${id.name}`;
      const console = consoles.get(service);
      if (console === undefined) continue;
      const overlay = pathOf("platform", { cluster, part: "consoles" }, "kustomization.yaml");
      const component = pathOf("platformDefinition", { part: "consoles" }, `components/${console}`);
      const fix = `include ${component} in ${overlay}`;
      const own = routes.get(`${cluster}/${service}`) ?? [];
      const hosted = own.filter(({ route }) => stringsAt(route.object, "spec", "hostnames").length > 0);
      if (hosted.length === 0) yield { ...at, message: `Service ${service} is a console that no route leads to`, fix };
      for (const { route } of own)
        for (const { holder } of listenersOf(route))
          if (holder.id.kind !== "Gateway" || holder.id.name !== staff)
            yield {
              ...route.at,
              message: `leads to the console ${service} at ${holder.id.kind} ${holder.id.name}, where others come in as well`,
              fix: `hang it on the Gateway ${staff}`,
            };
    }
  },
};

/** Services that a route leads to, as CLUSTER/NAMESPACE/NAME. */
function backendsOf({ cluster, id, object }: DeployedObject): string[] {
  const backends = listAt(object, "spec", "rules").flatMap((rule) => listAt(rule, "backendRefs"));
  return [
    ...new Set(
      backends
        .filter((backend) => (stringAt(backend, "kind") ?? "Service") === "Service")
        .map((backend) =>
          [cluster, stringAt(backend, "namespace") ?? id.namespace, stringAt(backend, "name") ?? ""].join("/"),
        ),
    ),
  ];
}
