import { stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const clusterApi: Rule = {
  id: "cluster-api",
  severity: "error",
  holds: "A custom resource is of an API that its cluster's facts list.",
  because: "Charts ask that list what to render, and a sync stops at a kind the cluster does not have.",
  *check(fleet) {
    for (const { cluster, object, at } of renderedObjects(fleet)) {
      const apiVersion = stringAt(object, "apiVersion") ?? "";
      const { file, document } = fleet.documents.clusters.get(cluster)!;
      if (!fleet.kinds(cluster).isCustom(object) || document.spec.apiVersions.includes(apiVersion)) continue;
      yield {
        ...at,
        message: `is of ${apiVersion}, which ${cluster} is not said to have`,
        fix: `add ${apiVersion} to apiVersions in ${file}`,
      };
    }
  },
};
