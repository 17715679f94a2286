import { renderedObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const namespaceOwner: Rule = {
  id: "namespace-owner",
  severity: "error",
  holds: "A Namespace comes from platform-namespaces or from a tenant's grant, and from nothing else.",
  because:
    "A Namespace goes with the Application that owns it, and everything in it (FM-05); a chart may take one over (FM-13).",
  *check(fleet) {
    for (const { application, id, at } of renderedObjects(fleet, "Namespace")) {
      const isTenants =
        application.name.startsWith("grant-") && id.name === application.name.replace("grant-", "tenant-");
      if (application.name === "platform-namespaces" || isTenants) continue;
      yield {
        ...at,
        message: `is owned by ${application.name}`,
        fix: `move it to ${pathOf("platformDefinition", { part: "namespaces" }, id.name)}`,
      };
    }
  },
};
