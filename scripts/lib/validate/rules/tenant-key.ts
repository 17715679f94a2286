import { carrierFile, tenantFacts } from "../../repo/layout.ts";
import { carriedRecipient } from "../../secret/tenant-key-delivery.ts";
import { clustersOf } from "../../tenant/lookup.ts";
import type { Rule } from "../rule.ts";

export const tenantKey: Rule = {
  id: "tenant-key",
  severity: "error",
  absolute: true,
  holds:
    "Each cluster of a tenant that has a key is brought its private key, and no older one. Which key a file brings is read from its annotation: only an audit with a key sees inside.",
  because: "Without it the operator can't open the tenant's secrets there, and deletes what it made of them (S-08).",
  *check(fleet) {
    for (const [tenant, { document }] of fleet.documents.tenants) {
      const recipient = document.spec.ageRecipient;
      if (recipient === undefined) continue;
      for (const cluster of clustersOf(fleet, tenant)) {
        const carried = carriedRecipient(fleet, cluster, tenant);
        if (carried === recipient) continue;
        const fix = `bun run secrets sync, with the key of ${tenant} or a recovery key; or a new one: bun run secrets keygen --tenant ${tenant}`;
        if (carried === undefined)
          yield {
            file: tenantFacts(tenant),
            ...fleet.sources.locate(tenantFacts(tenant), ["spec", "ageRecipient"]),
            message: `the private key of ${tenant} is not on ${cluster}: ${carrierFile(cluster, tenant)} does not carry it`,
            fix,
          };
        else
          yield {
            file: carrierFile(cluster, tenant),
            ...fleet.sources.locate(carrierFile(cluster, tenant), ["metadata", "annotations"]),
            message: `carries an old key of ${tenant} (${carried})`,
            fix,
          };
      }
    }
  },
};
