import { at, type Json, listAt, stringAt } from "../core/json.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, standingObjects } from "./objects.ts";

/** One listener of a Gateway, or of a ListenerSet beside one. */
export interface Listener {
  /** The Gateway or ListenerSet. */
  holder: DeployedObject;
  section: string;
  hostname: string | undefined;
  /** Its certificates, as CLUSTER/NAMESPACE/NAME; undefined without TLS. */
  secrets: string[] | undefined;
  /** Nobody outside the cluster reaches it. */
  isInside: boolean;
}

/** Finds the listeners that a route hangs on. */
export function listenersOfRoutes(fleet: Fleet): (route: DeployedObject) => Listener[] {
  const inside = clusterProxies(fleet);
  const listeners = new Map(
    standingObjects(fleet, "Gateway", "ListenerSet").map((holder) => [
      keyOf(holder.cluster, holder.id.kind, holder.id.namespace, holder.id.name),
      ofHolder(holder, inside),
    ]),
  );
  return (route) =>
    listAt(route.object, "spec", "parentRefs").flatMap((parent) =>
      (listeners.get(parentOf(route, parent)) ?? []).filter(
        ({ section }) => section === (stringAt(parent, "sectionName") ?? section),
      ),
    );
}

export const keyOf = (...parts: string[]) => parts.join("/");

function ofHolder(holder: DeployedObject, inside: ReadonlySet<string>): Listener[] {
  const { cluster, id, object } = holder;
  const proxies = keyOf(
    cluster,
    id.namespace,
    stringAt(object, "spec", "infrastructure", "parametersRef", "name") ?? "",
  );
  return listAt(object, "spec", "listeners").map((listener) => ({
    holder,
    section: stringAt(listener, "name") ?? "",
    hostname: stringAt(listener, "hostname"),
    secrets:
      at(listener, "tls") === undefined
        ? undefined
        : listAt(listener, "tls", "certificateRefs").map((secret) =>
            keyOf(cluster, stringAt(secret, "namespace") ?? id.namespace, stringAt(secret, "name") ?? ""),
          ),
    isInside: inside.has(proxies),
  }));
}

/** Proxies, by what describes them, whose Service has no address outside the cluster. */
function clusterProxies(fleet: Fleet): ReadonlySet<string> {
  return new Set(
    standingObjects(fleet, "EnvoyProxy")
      .filter(
        ({ object }) => stringAt(object, "spec", "provider", "kubernetes", "envoyService", "type") === "ClusterIP",
      )
      .map(({ cluster, id }) => keyOf(cluster, id.namespace, id.name)),
  );
}

/** What a route hangs on: as the API has it, a Gateway in its own namespace unless it says another. */
function parentOf({ cluster, id }: DeployedObject, parent: Json): string {
  return keyOf(
    cluster,
    stringAt(parent, "kind") ?? "Gateway",
    stringAt(parent, "namespace") ?? id.namespace,
    stringAt(parent, "name") ?? "",
  );
}
