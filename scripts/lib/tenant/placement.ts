import path from "node:path";

import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Tenant } from "../model/generated.ts";
import { kustomizationChange } from "../repo/kustomization.ts";
import { isolationFolder, planFolder, routesFolder, tenantFacts, tenantValueFiles } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import type { Tree } from "../repo/tree.ts";
import { emitYaml } from "../yaml/emit.ts";

/** The one label that says whose an object is. */
export const tenantLabel = "murima2025.com/tenant";
export const grantFile = (tenant: string, cluster: string) => `clusters/${cluster}/grants/${tenant}/kustomization.yaml`;
export const placementFile = (tenant: string, cluster: string) => `tenants/${tenant}/${cluster}/kustomization.yaml`;
const settingsFile = (tenant: string, cluster: string) => `tenants/${tenant}/${cluster}/settings.yaml`;

/** What a placement's own settings start with: the tenant changes them as it likes. */
export interface Settings {
  locale: string;
  timezone: string;
}

/** Components of a grant, in the order in which Kustomize has to apply them: routes are moved by the isolation. */
export function grantComponents(
  spec: Pick<Tenant["spec"], "features" | "isolation" | "plan" | "state">,
  routed: boolean,
): string[] {
  return [
    "apps/tenant/grant",
    `${planFolder}/${spec.plan}`,
    ...(spec.features === undefined ? [] : ["apps/tenant/components/features"]),
    ...(routed ? [`${routesFolder}/${spec.state === "active" ? "open" : "frozen"}`] : []),
    `${isolationFolder}/${spec.isolation}`,
    "apps/tenant/components/facts",
    "clusters/components/facts",
  ];
}

/** The platform's half. */
export function grantChange(tenant: string, cluster: string, components: readonly string[]): Change {
  const file = grantFile(tenant, cluster);
  const resources = [`clusters/${cluster}/facts`, path.posix.dirname(tenantFacts(tenant))];
  return kustomizationChange(file, { resources, components });
}

/** The tenant's half: its settings, and what it adds later. */
export function placementChanges(tenant: string, cluster: string, { locale, timezone }: Settings): Change[] {
  const settings = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings" },
    data: { locale, timezone },
  };
  const own = settingsFile(tenant, cluster);
  return [
    kustomizationChange(placementFile(tenant, cluster), {
      resources: [path.posix.dirname(tenantFacts(tenant)), own],
      components: ["apps/tenant/placement"],
    }),
    {
      path: own,
      content: `${heading(own)}# How the tenant wants it here. Read by configuration-service.\n${emitYaml(settings)}`,
    },
  ];
}

/** A tenant's own copies of what the cluster runs, in the same versions. */
export function serviceChanges(tenant: string, cluster: string, environment: string, tree: Tree): Change[] {
  const services = tree.list(`clusters/${cluster}/services`);
  if (services.length === 0) throw new UsageError(`${cluster} runs no services that ${tenant} could have copies of`);
  return services.map((service): Change => {
    const image = tenantValueFiles({ tenant, service, environment, cluster }).at(-1)!;
    const shared = tree.text(`clusters/${cluster}/services/${service}/image.yaml`);
    const body = shared.split("\n").filter((line) => line !== "---" && !line.startsWith("#"));
    return { path: image, content: heading(image) + body.join("\n") };
  });
}

/** Values of all a tenant's own copies. */
export function valuesChange(file: string, body: string): Change {
  return { path: file, content: heading(file) + body };
}
