import { stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const serviceExposure: Rule = {
  id: "service-exposure",
  severity: "error",
  holds:
    "A Service is reached in its cluster and leads to pods of its namespace; what is public goes through the gateway.",
  because:
    "A node port or a load balancer has no host, no limit and no tenant; an external name or address leads into another's (S-05, S-06).",
  *check(fleet) {
    for (const { object, at, id } of renderedObjects(fleet, "Service", "EndpointSlice", "Endpoints", "Ingress")) {
      if (id.kind !== "Service") {
        yield {
          ...at,
          message: `a ${id.kind} leads wherever it says`,
          fix: "use a Service with a selector, and a route of the gateway",
        };
        continue;
      }
      const type = stringAt(object, "spec", "type") ?? "ClusterIP";
      if (type !== "ClusterIP") yield { ...at, message: `is of the type ${type}`, fix: "make it a ClusterIP" };
      const addresses = [
        ...stringsAt(object, "spec", "externalIPs"),
        ...stringsAt(object, "spec", "loadBalancerSourceRanges"),
      ];
      if (addresses.length > 0)
        yield { ...at, message: `takes the addresses ${addresses.join(", ")}`, fix: "remove them" };
    }
  },
};
