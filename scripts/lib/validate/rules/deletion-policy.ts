import { stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** What holds no data of its own. The others keep what they have in every environment. */
const replaceable = new Set(["addons", "platform", "services"]);

export const deletionPolicy: Rule = {
  id: "deletion-policy",
  severity: "error",
  holds: "Argo CD deletes Applications only where the environment's facts say so, and never stores, grants or tenants.",
  because: "A generator that finds less than yesterday deletes the rest (FM-01, FM-02).",
  *check(fleet) {
    for (const { id, cluster, object, at } of renderedObjects(fleet, "ApplicationSet")) {
      const { environment } = fleet.documents.clusters.get(cluster)!.document.spec;
      const deletes = fleet.documents.environments.get(environment)?.document.spec.orphans === "deleted";
      const wanted = deletes && replaceable.has(id.name) ? "sync" : "create-update";
      const found = stringAt(object, "spec", "syncPolicy", "applicationsSync") ?? "nothing";
      if (found === wanted) continue;
      const message = `has applicationsSync ${found}, but ${environment} wants ${wanted}`;
      yield {
        ...at,
        message,
        fix: `set it in ${pathOf("environmentPart", { environment, part: "argocd" })}, or correct orphans in its facts`,
      };
    }
  },
};
