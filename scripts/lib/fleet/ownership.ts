import type { Application } from "../render/application.ts";
import { addressOf } from "../repo/address.ts";

/** Which part of a tenant an Application deploys: the platform's part, the tenant's, or a service of its own. */
export interface TenantPart {
  tenant: string;
  kind: "grant" | "placement" | "service";
}

/** Told by the folder alone: an ApplicationSet could name its Applications anything. */
export function tenantPartOf({ folder }: Application): TenantPart | undefined {
  const address = folder === undefined ? undefined : addressOf(`${folder}/`);
  if (address === undefined || address.file !== "") return undefined;
  if (address.kind === "grant" || address.kind === "placement") return { tenant: address.tenant, kind: address.kind };
  return address.kind === "tenantService" ? { tenant: address.tenant, kind: "service" } : undefined;
}

/** The namespace, the project and the account of a tenant are all called so. */
export const tenantName = (tenant: string) => `tenant-${tenant}`;
