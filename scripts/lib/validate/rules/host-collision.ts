import { listAt, stringAt, stringsAt } from "../../core/json.ts";
import { formatResource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";

export const hostCollision: Rule = {
  id: "host-collision",
  severity: "error",
  holds: "A public host and path lead to one place in the whole fleet.",
  because: "Gateway API knows no owner of a host: the oldest route wins, and takes another's traffic (FM-16, D-24).",
  *check({ applications }) {
    const owners = new Map<string, string>();
    const hosts = new Map<string, string>();
    for (const { id: application, cluster, objects } of applications) {
      for (const { id, object, file } of objects) {
        if (id.kind !== "HTTPRoute") continue;
        const at = { application, object: formatResource(id), ...(file === undefined ? {} : { file }) };
        for (const host of stringsAt(object, "spec", "hostnames")) {
          const other = hosts.get(host) ?? cluster;
          hosts.set(host, other);
          if (other !== cluster) {
            yield {
              ...at,
              message: `${host} is a host of ${other} as well`,
              fix: "give the clusters different domains",
            };
          }
          const gateways = listAt(object, "spec", "parentRefs").map((parent) => stringAt(parent, "name") ?? "");
          for (const match of listAt(object, "spec", "rules").flatMap((rule) => listAt(rule, "matches"))) {
            const type = stringAt(match, "path", "type") ?? "";
            const value = stringAt(match, "path", "value") ?? "";
            for (const gateway of gateways) {
              const key = [cluster, gateway, host, type, value].join("\0");
              const owner = owners.get(key);
              if (owner === undefined) owners.set(key, application);
              else
                yield {
                  ...at,
                  message: `${host}${value} is claimed by ${owner} as well`,
                  fix: "change one of the routes",
                };
            }
          }
        }
      }
    }
  },
};
