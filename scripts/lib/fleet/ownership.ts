import type { Application } from "../render/application.ts";

/** Which part of a tenant an Application deploys: the platform's half, the tenant's, or a service of its own. */
export interface Half {
  tenant: string;
  kind: "grant" | "placement" | "service";
}

/** Told by the folder alone: an ApplicationSet could name its Applications anything. */
export function halfOf({ folder }: Application): Half | undefined {
  const [top, first, second, third, ...rest] = folder?.split("/") ?? [];
  if (top === "clusters" && second === "grants" && third !== undefined && rest.length === 0)
    return { tenant: third, kind: "grant" };
  if (top !== "tenants" || first === undefined || second === undefined) return undefined;
  if (third === undefined) return { tenant: first, kind: "placement" };
  return third === "services" && rest.length === 1 ? { tenant: first, kind: "service" } : undefined;
}

/** The namespace, the project and the account of a tenant are all called so. */
export const tenantName = (tenant: string) => `tenant-${tenant}`;
