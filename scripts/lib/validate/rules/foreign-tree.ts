import { clusterOf } from "../../repo/layout.ts";
import type { Rule } from "../rule.ts";

export const foreignTree: Rule = {
  id: "foreign-tree",
  severity: "error",
  holds: "A cluster is built of what is shared and of its own folder, never of another cluster's.",
  because: "Who may change one cluster would change the other with it, without being asked for that one (S-09, D-22).",
  *check({ applications }) {
    for (const { id, cluster, reads } of applications) {
      for (const file of reads) {
        const owner = clusterOf(file);
        if (owner === undefined || owner === cluster) continue;
        const fix = `move what both need to apps, clusters/components or environments`;
        yield { application: id, file, message: `is read by ${cluster} and belongs to ${owner}`, fix };
      }
    }
  },
};
