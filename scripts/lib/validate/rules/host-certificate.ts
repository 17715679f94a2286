import { at, type Json, listAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type DeployedObject, standingObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const hostCertificate: Rule = {
  id: "host-certificate",
  severity: "error",
  holds:
    "Each host of a route that is called by TLS has a listener whose certificate carries it, and a listener without TLS does nothing but send clients to the one with it.",
  because:
    "A host whose certificate names others is an error page in every browser, and a password in the clear without.",
  *check(fleet) {
    const listeners = Map.groupBy(listenersOf(fleet), ({ parent }) => parent);
    const names = certificates(fleet);
    for (const route of standingObjects(fleet, "HTTPRoute")) {
      const parents = listAt(route.object, "spec", "parentRefs").flatMap((parent) =>
        (listeners.get(parentOf(route, parent)) ?? []).filter(
          ({ section }) => section === (stringAt(parent, "sectionName") ?? section),
        ),
      );
      const plain = parents.find(({ secrets }) => secrets === undefined);
      if (plain !== undefined && !redirectsOnly(route.object))
        yield {
          ...route.at,
          message: `answers without TLS, at the listener ${plain.section} of ${plain.of}`,
          fix: "hang it on a listener with TLS; a route without it may redirect and nothing else",
        };
      const secure = parents.filter(({ secrets }) => secrets !== undefined);
      if (secure.length === 0) continue;
      for (const host of stringsAt(route.object, "spec", "hostnames")) {
        const serving = secure.filter(({ hostname }) => hostname === undefined || covers(hostname, host));
        const carried = serving.flatMap(({ secrets }) => secrets!.flatMap((secret) => names.get(secret) ?? []));
        // A Secret that no Certificate makes is another rule's matter, and what is in it nobody knows.
        const isUnknown = serving.some(({ secrets }) => secrets!.some((secret) => !names.has(secret)));
        if (isUnknown || carried.some((name) => covers(name, host))) continue;
        yield {
          ...route.at,
          message: `leads ${host}, and no certificate of its listeners carries it: they carry ${[...new Set(carried)].join(", ") || "nothing"}`,
          fix: "add it to the dnsNames of the Certificate, or give the host a listener of its own",
        };
      }
    }
  },
};

interface Listener {
  /** The Gateway or ListenerSet, as CLUSTER/KIND/NAMESPACE/NAME. */
  parent: string;
  /** The same, as people say it. */
  of: string;
  section: string;
  hostname: string | undefined;
  /** Its certificates, as CLUSTER/NAMESPACE/NAME; undefined without TLS. */
  secrets: string[] | undefined;
}

function listenersOf(fleet: Fleet): Listener[] {
  return standingObjects(fleet, "Gateway", "ListenerSet").flatMap(({ cluster, id, object }) =>
    listAt(object, "spec", "listeners").map((listener) => ({
      parent: keyOf(cluster, id.kind, id.namespace, id.name),
      of: `${id.kind} ${id.name}`,
      section: stringAt(listener, "name") ?? "",
      hostname: stringAt(listener, "hostname"),
      secrets:
        at(listener, "tls") === undefined
          ? undefined
          : listAt(listener, "tls", "certificateRefs").map((secret) =>
              keyOf(cluster, stringAt(secret, "namespace") ?? id.namespace, stringAt(secret, "name") ?? ""),
            ),
    })),
  );
}

/** Names that the certificate in a Secret carries, by the Certificate that makes it. */
function certificates(fleet: Fleet): ReadonlyMap<string, string[]> {
  return new Map(
    standingObjects(fleet, "Certificate").map(({ cluster, id, object }) => [
      keyOf(cluster, id.namespace, stringAt(object, "spec", "secretName") ?? ""),
      stringsAt(object, "spec", "dnsNames"),
    ]),
  );
}

const keyOf = (...parts: string[]) => parts.join("/");

/** What a route hangs on: as the API has it, a Gateway in its own namespace unless it says another. */
function parentOf({ cluster, id }: DeployedObject, parent: Json): string {
  return keyOf(
    cluster,
    stringAt(parent, "kind") ?? "Gateway",
    stringAt(parent, "namespace") ?? id.namespace,
    stringAt(parent, "name") ?? "",
  );
}

/** Whether a name, perhaps with one label left open, is that of a host. */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith("*.") && name.slice(1) === host.slice(host.indexOf(".")));
}

function redirectsOnly(route: Json): boolean {
  return listAt(route, "spec", "rules").every((rule) =>
    listAt(rule, "filters").some((filter) => stringAt(filter, "requestRedirect", "scheme") === "https"),
  );
}
