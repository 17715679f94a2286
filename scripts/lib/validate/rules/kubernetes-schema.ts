import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const kubernetesSchema: Rule = {
  id: "kubernetes-schema",
  severity: "error",
  holds: "Every object is of a kind its cluster knows and has only fields of that kind.",
  because: "The API server drops an unknown field without a word, and refuses an unknown kind in the middle of a sync.",
  *check(fleet) {
    for (const { cluster, raw, at } of renderedObjects(fleet)) {
      for (const { message, fix } of fleet.kinds(cluster).violations(raw)) yield { ...at, message, fix };
    }
  },
};
