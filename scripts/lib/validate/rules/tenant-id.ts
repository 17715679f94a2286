import { nameProblem } from "../../model/names.ts";
import { pathOf, placesIn } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const tenantId: Rule = {
  id: "tenant-id",
  severity: "error",
  holds: "A tenant's id is a name that means nothing else, and none is the beginning of another's up to a hyphen.",
  because:
    "umbrella-* would cover umbrella-eu too, and tenant-umbrella-x could be a service of umbrella or a tenant (FM-11, FM-13, D-20).",
  *check({ tree, documents }) {
    const ids = new Set(placesIn(tree, "tenant").map(({ tenant }) => tenant));
    for (const id of ids) {
      const located = documents.tenants.get(id) ?? documents.tombstones.get(id);
      const file = located?.file ?? tree.below(pathOf("tenant", { tenant: id }))[0]!;
      const problem = nameProblem(id);
      if (problem !== undefined) yield { file, line: 1, message: problem, fix: "give the tenant another id" };
      for (let hyphen = id.indexOf("-"); hyphen !== -1; hyphen = id.indexOf("-", hyphen + 1)) {
        const other = id.slice(0, hyphen);
        if (!ids.has(other)) continue;
        const message = `${id} begins with ${other}, the id of another tenant`;
        yield { file, line: 1, message, fix: "give the newer of both an id that does not begin with the older" };
      }
    }
  },
};
