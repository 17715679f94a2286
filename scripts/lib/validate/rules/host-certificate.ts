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
    const listeners = listenersOf(fleet);
    const names = certificates(fleet);
    for (const route of standingObjects(fleet, "HTTPRoute")) {
      const parents = listAt(route.object, "spec", "parentRefs").flatMap((parent) =>
        listeners.filter((listener) => isParent(route, parent, listener)),
      );
      const plain = parents.find(({ secrets }) => secrets === undefined);
      if (plain !== undefined && !redirectsOnly(route.object))
        yield {
          ...route.at,
          message: `answers without TLS, at the listener ${plain.section} of ${plain.kind} ${plain.name}`,
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
  cluster: string;
  kind: string;
  namespace: string;
  name: string;
  section: string;
  hostname: string | undefined;
  /** Its certificates, as CLUSTER/NAMESPACE/NAME; undefined without TLS. */
  secrets: string[] | undefined;
}

function listenersOf(fleet: Fleet): Listener[] {
  return standingObjects(fleet, "Gateway", "ListenerSet").flatMap(({ cluster, id, object }) =>
    listAt(object, "spec", "listeners").map((listener) => ({
      cluster,
      kind: id.kind,
      namespace: id.namespace,
      name: id.name,
      section: stringAt(listener, "name") ?? "",
      hostname: stringAt(listener, "hostname"),
      secrets:
        at(listener, "tls") === undefined
          ? undefined
          : listAt(listener, "tls", "certificateRefs").map((secret) =>
              keyOf(cluster, stringAt(secret, "namespace") ?? id.namespace, stringAt(secret, "name")),
            ),
    })),
  );
}

/** Names that the certificate in a Secret carries, by the Certificate that makes it. */
function certificates(fleet: Fleet): ReadonlyMap<string, string[]> {
  return new Map(
    standingObjects(fleet, "Certificate").map(({ cluster, id, object }) => [
      keyOf(cluster, id.namespace, stringAt(object, "spec", "secretName")),
      stringsAt(object, "spec", "dnsNames"),
    ]),
  );
}

function keyOf(cluster: string, namespace: string, name: string | undefined): string {
  return [cluster, namespace, name ?? ""].join("/");
}

function isParent({ cluster, id }: DeployedObject, parent: Json, listener: Listener): boolean {
  const section = stringAt(parent, "sectionName");
  return (
    listener.cluster === cluster &&
    listener.kind === (stringAt(parent, "kind") ?? "Gateway") &&
    listener.name === stringAt(parent, "name") &&
    listener.namespace === (stringAt(parent, "namespace") ?? id.namespace) &&
    (section === undefined || section === listener.section)
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
