import { type Json, listAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { keyOf, listenersOfRoutes } from "../../fleet/listeners.ts";
import { standingObjects } from "../../fleet/objects.ts";
import { containers } from "../../model/pods.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const hostCertificate: Rule = {
  id: "host-certificate",
  severity: "error",
  holds:
    "Each host of a route that is called by TLS has a listener whose certificate carries it, and a record if it is of a domain of ours; a listener without TLS that is reached from outside does nothing but send clients to the one with it.",
  because:
    "A host whose certificate names others is an error page in every browser, one without a record not even that, and a password in the clear without TLS.",
  *check(fleet) {
    const listenersOf = listenersOfRoutes(fleet);
    const names = certificates(fleet);
    const hasRecord = records(fleet);
    for (const route of standingObjects(fleet, "HTTPRoute")) {
      const parents = listenersOf(route);
      const plain = parents.find(({ secrets, isInside }) => secrets === undefined && !isInside);
      if (plain !== undefined && !redirectsOnly(route.object))
        yield {
          ...route.at,
          message: `answers without TLS, at the listener ${plain.section} of ${plain.holder.id.kind} ${plain.holder.id.name}`,
          fix: "hang it on a listener with TLS; a route without it may redirect and nothing else",
        };
      const secure = parents.filter(({ secrets }) => secrets !== undefined);
      if (secure.length === 0) continue;
      for (const host of stringsAt(route.object, "spec", "hostnames")) {
        if (!hasRecord(route.cluster, host))
          yield {
            ...route.at,
            message: `leads ${host}, and external-dns makes no record of its domain`,
            fix: `add the domain to domainFilters in ${pathOf("addon", { cluster: route.cluster, addon: "external-dns" }, "values.yaml")}`,
          };
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

/** Names that the certificate in a Secret carries, by the Certificate that makes it. */
function certificates(fleet: Fleet): ReadonlyMap<string, string[]> {
  return new Map(
    standingObjects(fleet, "Certificate").map(({ cluster, id, object }) => [
      keyOf(cluster, id.namespace, stringAt(object, "spec", "secretName") ?? ""),
      stringsAt(object, "spec", "dnsNames"),
    ]),
  );
}

/** Whether a host of our domains has a record, where external-dns makes them; elsewhere, and of other domains, people do. */
function records(fleet: Fleet): (cluster: string, host: string) => boolean {
  const { clusters, environments } = fleet.documents;
  const filters = new Map<string, string[]>();
  for (const { cluster, id, pods } of standingObjects(fleet, "Deployment"))
    if (id.name === "external-dns")
      filters.set(
        cluster,
        pods.flatMap(({ spec }) => containers(spec).flatMap((container) => domainFilters(container))),
      );
  return (cluster, host) => {
    const own = filters.get(cluster);
    const spec = clusters.get(cluster)?.document.spec;
    // Without a filter it takes every domain that it may write.
    if (own === undefined || own.length === 0 || spec === undefined) return true;
    const tenants = environments.get(spec.environment)?.document.spec.tenantDomain;
    const ours = tenants === undefined ? [spec.domain] : [spec.domain, tenants];
    return !isBelow(host, ours) || isBelow(host, own);
  };
}

function domainFilters(container: Json): string[] {
  return stringsAt(container, "args").flatMap((arg) => /^--domain-filter=(.+)$/.exec(arg)?.[1] ?? []);
}

const isBelow = (host: string, domains: readonly string[]) => domains.some((domain) => host.endsWith(`.${domain}`));

/** Whether a name, perhaps with one label left open, is that of a host. */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith("*.") && name.slice(1) === host.slice(host.indexOf(".")));
}

function redirectsOnly(route: Json): boolean {
  return listAt(route, "spec", "rules").every((rule) =>
    listAt(rule, "filters").some((filter) => stringAt(filter, "requestRedirect", "scheme") === "https"),
  );
}
