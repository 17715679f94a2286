import { reachabilityOf } from "../../fleet/reachability.ts";
import type { Rule } from "../rule.ts";

export const tenantIsolation: Rule = {
  id: "tenant-isolation",
  severity: "error",
  absolute: true,
  needs: "clusters",
  holds: "No pod of one tenant reaches a pod of another, whatever its labels: policies of one of both close the way.",
  because:
    "Namespaces alone separate nothing: every pod reaches every other until a policy says otherwise (D-17, S-07).",
  *check(fleet) {
    for (const { cluster, leaks, unproven } of reachabilityOf(fleet)) {
      for (const { from, to, out, into } of leaks) {
        const message = `pods of ${from} may reach pods of ${to}: ${out} lets them out, ${into} lets them in`;
        yield {
          application: `${cluster}/grant-${to.replace("tenant-", "")}`,
          object: `Namespace ${to}`,
          message,
          fix: "name the namespaces that are meant in both policies",
        };
      }
      for (const what of unproven.filter((sentence) => sentence.endsWith("are not evaluated")))
        yield {
          application: `${cluster}/root`,
          message: `can't be proven: ${what}`,
          fix: "say the same with NetworkPolicies",
        };
    }
  },
};
