/**
 * Every path of the repository that code needs to know, in one place. The folders themselves are described in
 * AGENTS.md; the order of values files in apps/README.md.
 */

/** What holds the fleet. Everything else in the repository is about it. */
export const fleetFolders = ["apps", "clusters", "environments", "tenants"] as const;

export const serviceChart = "apps/charts/service";
export const externalFile = "apps/external.yaml";
export const exceptionsFile = "apps/exceptions.yaml";

export const clusterFacts = (cluster: string) => `clusters/${cluster}/facts/cluster.yaml`;
export const environmentFacts = (environment: string) => `environments/${environment}/facts/environment.yaml`;

/** Folders below clusters/ that are no cluster. */
const sharedClusterFolders = new Set(["base", "components"]);

/** The cluster a path belongs to, if it does. */
export function clusterOf(path: string): string | undefined {
  const [top, cluster] = path.split("/");
  return top === "clusters" &&
    cluster !== undefined &&
    path !== `clusters/${cluster}` &&
    !sharedClusterFolders.has(cluster)
    ? cluster
    : undefined;
}

/** Values files of a service that all tenants share, weakest first. The ApplicationSet "services" names the same ones. */
export function serviceValueFiles(at: { service: string; environment: string; cluster: string }): string[] {
  return [
    `apps/services/${at.service}/values.yaml`,
    `environments/${at.environment}/values.yaml`,
    `clusters/${at.cluster}/values.yaml`,
    `clusters/${at.cluster}/services/${at.service}/values.yaml`,
    `clusters/${at.cluster}/services/${at.service}/image.yaml`,
  ];
}

/** Schema of the documents this repository defines, by kind. */
export const documentSchemas = {
  Cluster: "schemas/cluster.json",
  Environment: "schemas/environment.json",
  Exceptions: "schemas/exceptions.json",
  External: "schemas/external.json",
} as const;

export const kustomizationSchema = "schemas/kustomization.json";
export const kubernetesSchema = (version: string) => `schemas/kubernetes/${version}.json`;
export const contractFolder = "schemas/crds";
