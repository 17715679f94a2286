import { stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

/** What every cluster runs. The others may be empty. */
const never = { platform: "platform-", services: "service-" };

export const emptyGenerator: Rule = {
  id: "empty-generator",
  severity: "error",
  needs: "clusters",
  holds: "Every cluster has services and platform configuration.",
  because: "A generator that finds nothing is an order to delete everything (FM-01): a renamed folder is enough.",
  *check(fleet) {
    const found = new Set(fleet.applications.map(({ cluster, name }) => `${cluster}/${name.split("-")[0]}-`));
    for (const { id, cluster, object, at } of renderedObjects(fleet, "ApplicationSet")) {
      const prefix = never[id.name as keyof typeof never];
      if (prefix === undefined || found.has(`${cluster}/${prefix}`)) continue;
      const path = stringAt(object, "spec", "generators", 0, "git", "directories", 0, "path") ?? "its pattern";
      yield {
        ...at,
        message: `finds no folder at ${path}`,
        fix: "bring the folders back, or remove the cluster by its own command",
      };
    }
  },
};
