import { listAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** With its time a person lets a deletion go on that waits. Argo CD's own list of what its ApplicationSets keep lacks it. */
const approval = "argocd.argoproj.io/deletion-approved";

/** What holds no data of its own. The others keep what they have in every environment. */
const replaceable = new Set(["addons", "platform", "services"]);

export const deletionPolicy: Rule = {
  id: "deletion-policy",
  severity: "error",
  holds:
    "Argo CD deletes Applications only where the environment's facts say so, and never stores, grants or tenants; what a person confirmed stays confirmed.",
  because:
    "A generator that finds less than yesterday deletes the rest (FM-01, FM-02), and a confirmation that is taken away lets a deletion wait for ever.",
  *check(fleet) {
    for (const { id, cluster, object, at } of renderedObjects(fleet, "ApplicationSet")) {
      if (!listAt(object, "spec", "preservedFields", "annotations").includes(approval))
        yield {
          ...at,
          message: `does not preserve the annotation ${approval}: its controller would take a confirmation away again`,
          fix: "add it to spec.preservedFields.annotations, where all ApplicationSets are patched",
        };
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
