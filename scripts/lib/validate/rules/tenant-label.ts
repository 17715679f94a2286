import { objectAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { tenantPartOf } from "../../fleet/ownership.ts";
import { pathOf } from "../../repo/address.ts";
import { tenantLabel } from "../../tenant/placement.ts";
import type { Rule } from "../rule.ts";

export const tenantLabelRule: Rule = {
  id: "tenant-label",
  severity: "error",
  holds: `The label ${tenantLabel} stands on what is a tenant's, with that tenant's id, and on nothing else.`,
  because: "Keys, settings and bills follow the label: with another's id they follow to another (S-12).",
  *check(fleet) {
    for (const { application, object, pods, at } of renderedObjects(fleet)) {
      const tenant = tenantPartOf(application)?.tenant;
      const labels = [objectAt(object, "metadata", "labels")];
      for (const { path } of pods) labels.push(objectAt(object, ...path.slice(0, -1), "metadata", "labels"));
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
