import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const apiRemoval: Rule = {
  id: "api-removal",
  severity: "warning",
  holds: "Every object is served, with all its fields, by each later version of Kubernetes that there are schemas for.",
  because:
    "An upgrade of the cluster would break it; better known before. What comes after the last schema is unknown.",
  cannotJudge: ({ kubernetesVersions }) => ({
    what: `APIs after Kubernetes ${kubernetesVersions.at(-1)}`,
    reason: "there is no schema of a later version",
  }),
  *check(fleet) {
    const judged = new Set<string>();
    for (const { cluster, raw, at } of renderedObjects(fleet)) {
      const own = fleet.documents.clusters.get(cluster)!.document.spec.kubernetesVersion;
      const kinds = fleet.kinds(cluster);
      if (kinds.isCustom(raw)) continue;
      for (const version of fleet.kubernetesVersions.filter((known) => known > own)) {
        const later = fleet.kindsOf(version);
        // What breaks its own schema already is another rule's matter.
        if (!kinds.mayBreakIn(later, raw) || kinds.violations(raw).length > 0) continue;
        for (const { message, fix } of later.violations(raw)) {
          const key = [at.application, at.object, message].join("\0");
          if (judged.has(key)) continue;
          judged.add(key);
          yield { ...at, message: `${message}, in Kubernetes ${version}`, fix };
        }
      }
    }
  },
};
