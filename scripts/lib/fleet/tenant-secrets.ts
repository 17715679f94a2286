import { listAt, stringAt, stringsAt } from "../core/json.ts";
import { requiredAnnotation } from "../secret/sops-secret.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, standingObjects } from "./objects.ts";
import { tenantName, tenantPartOf } from "./ownership.ts";
import { placementsOf } from "./placements.ts";

/** A Secret of a tenant that shared services can't do without. */
export interface RequiredSecret {
  cluster: string;
  tenant: string;
  namespace: string;
  name: string;
}

/**
 * Secrets that a grant lets services read, by a role that is annotated as required, for every tenant that has its own part
 * on that cluster. What any other role names may be there or not.
 */
export function requiredSecrets(fleet: Fleet): RequiredSecret[] {
  const roles = new Map<string, DeployedObject>();
  for (const role of standingObjects(fleet, "ClusterRole"))
    if (stringAt(role.object, "metadata", "annotations", requiredAnnotation) === "true")
      roles.set(`${role.cluster}/${role.id.name}`, role);
  if (roles.size === 0) return [];
  const placed = new Set(
    placementsOf(fleet).flatMap(({ tenant, cluster, placement }) => (placement ? [`${cluster}/${tenant}`] : [])),
  );
  return [...standingObjects(fleet, "RoleBinding")].flatMap(({ application, cluster, id, object }) => {
    const part = tenantPartOf(application);
    const role = roles.get(`${cluster}/${stringAt(object, "roleRef", "name") ?? ""}`);
    if (part?.kind !== "grant" || role === undefined || !placed.has(`${cluster}/${part.tenant}`)) return [];
    if (id.namespace !== tenantName(part.tenant)) return [];
    const names = listAt(role.object, "rules").flatMap((rule) =>
      stringsAt(rule, "resources").includes("secrets") ? stringsAt(rule, "resourceNames") : [],
    );
    return names.map((name) => ({ cluster, tenant: part.tenant, namespace: id.namespace, name }));
  });
}
