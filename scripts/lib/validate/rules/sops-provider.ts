import { listAt, objectAt, stringAt } from "../../core/json.ts";
import { halfOf, tenantLabel, tenantName } from "../halves.ts";
import type { Rule } from "../rule.ts";
import { subjects } from "../subjects.ts";

export const sopsProvider: Rule = {
  id: "sops-provider",
  severity: "error",
  holds: "A provider opens the secrets of one namespace with the key of one tenant, told by namespace and label both.",
  because:
    "The operator takes a selector that matches no namespace for one that matches all: a key would open another's secrets (S-08).",
  *check(fleet) {
    for (const { application, object, at } of subjects(fleet, "SopsProvider")) {
      const tenant = halfOf(application)?.tenant;
      for (const [field, namespace] of [
        ["sops", tenant === undefined ? undefined : tenantName(tenant)],
        ["keys", "sops-operator"],
      ] as const) {
        for (const selector of listAt(object, "spec", field)) {
          const where = stringAt(selector, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name");
          const label = stringAt(objectAt(selector, "matchLabels"), tenantLabel);
          if (where === undefined || (namespace !== undefined && where !== namespace))
            yield {
              ...at,
              message: `${field} are looked for in ${where ?? "every namespace"}`,
              fix: `name ${namespace ?? "one"}`,
            };
          if (label === undefined || label !== tenant)
            yield {
              ...at,
              message: `${field} are those of ${label ?? "every tenant"}`,
              fix: `select ${tenantLabel}: ${tenant ?? "the tenant"}`,
            };
        }
      }
    }
  },
};
