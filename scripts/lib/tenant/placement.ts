import path from "node:path";

import type { Change } from "../core/change.ts";
import { labelOf } from "../core/company.ts";
import { UsageError } from "../core/errors.ts";
import { objectAt } from "../core/json.ts";
import type { Tenant } from "../model/generated.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { imageFileChange } from "../repo/image-file.ts";
import { kustomizationChange } from "../repo/kustomization.ts";
import { clusterFacts, tenantFacts, tenantValueFiles } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { emitYaml } from "../yaml/emit.ts";
import { hostsContent, hostsFile } from "./hosts.ts";

/** The one label that says whose an object is. */
export const tenantLabel = labelOf("tenant");
export const grantFile = (tenant: string, cluster: string) =>
  pathOf("grant", { cluster, tenant }, "kustomization.yaml");
export const placementFile = (tenant: string, cluster: string) =>
  pathOf("placement", { tenant, cluster }, "kustomization.yaml");
const settingsFile = (tenant: string, cluster: string) => pathOf("placement", { tenant, cluster }, "settings.yaml");

/** What a placement's own settings start with: the tenant changes them as it likes. */
export interface Settings {
  locale: string;
  timezone: string;
}

/** Components of a grant, in the order in which Kustomize has to apply them: routes are moved by the isolation. */
export function grantComponents(
  spec: Pick<Tenant["spec"], "features" | "isolation" | "plan" | "state">,
  routed: boolean,
  hasOwnHosts: boolean,
): string[] {
  return [
    pathOf("grantBase", {}),
    pathOf("plan", { plan: spec.plan }),
    ...(spec.features === undefined ? [] : [pathOf("tenantComponent", { component: "features" })]),
    ...(routed ? [pathOf("routes", { routes: spec.state === "active" ? "open" : "frozen" })] : []),
    ...(hasOwnHosts ? [pathOf("routes", { routes: "own-hosts" })] : []),
    ...(routed && spec.isolation === "dedicated" ? [pathOf("routes", { routes: "own-tokens" })] : []),
    pathOf("isolation", { isolation: spec.isolation }),
    pathOf("tenantComponent", { component: "facts" }),
    pathOf("clusterComponent", { component: "facts" }),
  ];
}

/** The platform's half: its kustomization, and its own hosts where it has some that lead here. */
export function grantChanges(content: Content, tenant: Tenant, cluster: string, routed: boolean): Change[] {
  const { name } = tenant.metadata;
  const own = hostsFile(name, cluster);
  const hosts = hostsContent(content, tenant, cluster, routed);
  const isGone = hosts === null && !content.tree.has(own);
  return [
    grantKustomization(tenant, cluster, routed, hosts !== null),
    ...(isGone ? [] : [{ path: own, content: hosts }]),
  ];
}

/** What a grant is made of: facts, components, and a file of its own hosts if it has some. */
export function grantKustomization(
  { metadata: { name }, spec }: Tenant,
  cluster: string,
  routed: boolean,
  hasOwnHosts: boolean,
): Change {
  const facts = [clusterFacts(cluster), tenantFacts(name)].map((file) => path.posix.dirname(file));
  return kustomizationChange(grantFile(name, cluster), {
    resources: hasOwnHosts ? [...facts, hostsFile(name, cluster)] : facts,
    components: grantComponents(spec, routed, hasOwnHosts),
  });
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
      components: [pathOf("placementBase", {})],
    }),
    {
      path: own,
      content: `${heading(own)}# How the tenant wants it here. Read by configuration-service.\n${emitYaml(settings)}`,
    },
  ];
}

/** A tenant's own copies of what the cluster runs, in the same versions. */
export function serviceChanges(
  { tree, sources }: Content,
  tenant: string,
  cluster: string,
  environment: string,
): Change[] {
  const services = placesIn(tree, "clusterService", { cluster }).map(({ service }) => service);
  if (services.length === 0) throw new UsageError(`${cluster} runs no services that ${tenant} could have copies of`);
  return services.map((service): Change => {
    const image = tenantValueFiles({ tenant, service, environment, cluster }).at(-1)!;
    const shared = pathOf("clusterService", { cluster, service }, "image.yaml");
    const { tag, digest, ...rest } = objectAt(sources.data(shared), "image");
    if (typeof tag !== "string" || typeof digest !== "string")
      throw new UsageError(`${shared} has no image with tag and digest: correct it first`);
    return imageFileChange(image, { tag, digest, ...rest });
  });
}

/** Values of all a tenant's own copies. */
export function valuesChange(file: string, body: string): Change {
  return { path: file, content: heading(file) + body };
}
