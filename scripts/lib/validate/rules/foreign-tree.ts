import { tenantPartOf } from "../../fleet/ownership.ts";
import { pathOf, within } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const foreignTree: Rule = {
  id: "foreign-tree",
  severity: "error",
  absolute: true,
  holds:
    "A cluster is built of what is shared and of its own folder, a tenant's placement of its facts and its own folder; never of another's.",
  because: "Who may change one cluster would change the other with it, without being asked for that one (S-09, D-22).",
  *check({ applications }) {
    for (const application of applications) {
      const { id, cluster, reads } = application;
      const part = tenantPartOf(application);
      for (const file of reads) {
        const tenant = within("tenant", file)?.tenant;
        if (tenant !== undefined && tenant !== part?.tenant) {
          const message = `is read by ${id} and belongs to the tenant ${tenant}`;
          yield { application: id, file, message, fix: `move what both need to ${pathOf("tenantBase", {})}` };
        }
        const isOutside =
          part?.kind === "placement" && tenant === undefined && within("placementBase", file) === undefined;
        if (isOutside) {
          const fix = `keep to the facts, its own folder and ${pathOf("placementBase", {})}`;
          yield { application: id, file, message: "is read by a placement and is not the tenant's", fix };
        }
        const owner = within("cluster", file)?.cluster;
        if (owner === undefined || owner === cluster) continue;
        const fix = `move what both need to apps, ${pathOf("clusterComponent", { component: "NAME" })} or environments`;
        yield { application: id, file, message: `is read by ${cluster} and belongs to ${owner}`, fix };
      }
    }
  },
};
