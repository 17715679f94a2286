import { objectAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { tenantName, tenantPartOf } from "../../fleet/ownership.ts";
import { pathOf } from "../../repo/address.ts";
import { operatorNamespace, secretsOf } from "../../secret/sops-secret.ts";
import { tenantLabel } from "../../tenant/placement.ts";
import type { Rule } from "../rule.ts";

export const tenantLabelRule: Rule = {
  id: "tenant-label",
  severity: "error",
  holds: `The label ${tenantLabel} stands on what is a tenant's, on all of a grant and a placement, with that tenant's id, and on nothing else; on Secrets that a SopsSecret makes too.`,
  because: "Keys, settings and bills follow the label: with another's id they follow to another (S-12).",
  *check(fleet) {
    for (const { application, id, object, pods, at } of renderedObjects(fleet)) {
      const part = tenantPartOf(application);
      const tenant = part?.tenant;
      if (
        part !== undefined &&
        part.kind !== "service" &&
        stringAt(object, "metadata", "labels", tenantLabel) === undefined
      ) {
        const fix = `leave the label as components of ${pathOf("tenantBase", {})} set it: remove the patch that takes it away`;
        yield { ...at, message: `lacks the label ${tenantLabel}: ${part.tenant}`, fix };
      }
      const labels = [objectAt(object, "metadata", "labels")];
      for (const { path } of pods) labels.push(objectAt(object, ...path.slice(0, -1), "metadata", "labels"));
      if (id.kind === "SopsSecret")
        // What carries a tenant's key to the operator is the platform's, and the key the tenant's: named after it.
        for (const made of secretsOf(object))
          if (id.namespace !== operatorNamespace || made.name !== tenantName(stringAt(made.labels, tenantLabel) ?? ""))
            labels.push(made.labels);
      for (const own of labels) {
        const found = stringAt(own, tenantLabel);
        if (found === undefined || found === tenant) continue;
        const message = tenant === undefined ? `says it is ${found}'s` : `says it is ${found}'s, but is ${tenant}'s`;
        yield {
          ...at,
          message,
          fix: `remove the label ${tenantLabel}: components of ${pathOf("tenantBase", {})} set it`,
        };
      }
    }
  },
};
