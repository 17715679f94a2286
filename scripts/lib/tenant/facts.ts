import type { Change } from "../core/change.ts";
import { apiVersion } from "../core/company.ts";
import type { Json } from "../core/json.ts";
import type { Tenant } from "../model/generated.ts";
import { kustomizationChange } from "../repo/kustomization.ts";
import { tenantFacts } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { emitYaml } from "../yaml/emit.ts";

/** Keys of a Tenant in the order in which they are written. */
export const order = [
  "displayName",
  "owners",
  "contacts",
  "plan",
  "isolation",
  "residency",
  "ring",
  "recoveryPoint",
  "recoveryReason",
  "ageRecipient",
  "hosts",
  "features",
  "limits",
  "rateLimit",
  "state",
  "offboarding",
] as const satisfies readonly (keyof Tenant["spec"])[];

/** A Tenant document. Nothing in it holds anything secret. */
export function newTenantDocument(id: string, spec: Tenant["spec"]): Tenant {
  const sorted = Object.fromEntries(order.filter((key) => spec[key] !== undefined).map((key) => [key, spec[key]]));
  return {
    apiVersion,
    kind: "Tenant",
    metadata: { name: id, annotations: { "config.kubernetes.io/local-config": "true" } },
    spec: sorted as unknown as Tenant["spec"],
  };
}

/** The facts of a new tenant: its document, and the kustomization that lets overlays read it. */
export function factsChanges(tenant: Tenant): Change[] {
  const file = tenantFacts(tenant.metadata.name);
  return [
    { path: file, content: heading(file) + emitYaml(tenant as unknown as Json) },
    kustomizationChange(file.replace("tenant.yaml", "kustomization.yaml"), { resources: [file] }),
  ];
}
