import { listAt, stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

/** Names that each cluster has for itself: its services are known by them there and nowhere else. */
const isLocal = (host: string) => /\.svc(\.cluster\.local)?$/.test(host);

export const hostCollision: Rule = {
  id: "host-collision",
  severity: "error",
  compares: "fleet",
  holds: "A public host and path lead to one place in the whole fleet, and a domain is one cluster's.",
  because: "Gateway API knows no owner of a host: the oldest route wins, and takes another's traffic (FM-16, D-24).",
  *check(fleet) {
    const domains = new Map<string, string>();
    const inCommon = new Set<string>();
    // By the facts of all clusters, so that it is seen where one of them is rendered.
    for (const [cluster, { file, document }] of fleet.documents.clusters) {
      const { domain } = document.spec;
      const other = domains.get(domain);
      domains.set(domain, other ?? cluster);
      if (other === undefined) continue;
      inCommon.add(cluster).add(other);
      const place = { file, ...fleet.sources.locate(file, ["spec", "domain"]) };
      yield {
        ...place,
        message: `${domain} is the domain of ${other} as well`,
        fix: "give the cluster a domain of its own",
      };
    }
    const owners = new Map<string, string>();
    const hosts = new Map<string, string>();
    for (const { application, cluster, object, at } of renderedObjects(fleet, "HTTPRoute")) {
      const gateways = listAt(object, "spec", "parentRefs").map((parent) => stringAt(parent, "name") ?? "");
      const matches = listAt(object, "spec", "rules").flatMap((rule) => listAt(rule, "matches"));
      for (const host of stringsAt(object, "spec", "hostnames")) {
        const other = hosts.get(host) ?? cluster;
        hosts.set(host, other);
        // All hosts below one domain are said once.
        if (!isLocal(host) && other !== cluster && !(inCommon.has(cluster) && inCommon.has(other))) {
          yield { ...at, message: `${host} is a host of ${other} as well`, fix: "give the clusters different domains" };
        }
        for (const [gateway, match] of gateways.flatMap((name) => matches.map((match) => [name, match] as const))) {
          const path = stringAt(match, "path", "value") ?? "";
          const key = [cluster, gateway, host, stringAt(match, "path", "type") ?? "", path].join("\0");
          const owner = owners.get(key);
          if (owner === undefined) owners.set(key, application.id);
          else
            yield { ...at, message: `${host}${path} is claimed by ${owner} as well`, fix: "change one of the routes" };
        }
      }
    }
  },
};
