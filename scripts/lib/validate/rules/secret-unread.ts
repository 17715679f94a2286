import { namespacesOfAbsentCharts } from "../../fleet/absent-charts.ts";
import { podKey, renderedObjects } from "../../fleet/objects.ts";
import { tenantPartOf } from "../../fleet/ownership.ts";
import { secretReferences, where } from "../../fleet/references.ts";
import { operatorLabel, secretsOf } from "../../secret/sops-secret.ts";
import type { Rule } from "../rule.ts";

export const secretUnread: Rule = {
  id: "secret-unread",
  severity: "warning",
  needs: "clusters",
  holds: "Something reads every Secret of the platform and of a tenant's own services.",
  because: "A credential that nothing needs can still be stolen, and looks as if it had to be kept.",
  *check(fleet) {
    const read = new Set(
      secretReferences(fleet).map(({ cluster, namespace, name }) =>
        where(cluster, { kind: "Secret", namespace, name }),
      ),
    );
    const unknown = namespacesOfAbsentCharts(fleet);
    for (const { application, cluster, id, object, at } of renderedObjects(fleet, "SopsSecret")) {
      // Pods of a chart that this machine does not have may read it.
      if (unknown.has(podKey(cluster, id.namespace))) continue;
      for (const { name, labels } of secretsOf(object)) {
        if (read.has(where(cluster, { kind: "Secret", namespace: id.namespace, name }))) continue;
        // Keys are the operator's. Settings of a tenant, with its secrets, are read by label while services run.
        if (labels[operatorLabel] === "true" || tenantPartOf(application)?.kind === "placement") continue;
        const fix = "remove it, or name it where it is needed";
        yield { ...at, message: `makes the Secret ${name}, which nothing reads`, fix };
      }
    }
  },
};
