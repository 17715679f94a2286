/**
 * Every path of the repository that code needs to know, in one place. The folders themselves are described in
 * AGENTS.md; the order of values files in apps/README.md.
 */

/** What holds the fleet. Everything else in the repository is about it. */
export const fleetFolders = ["apps", "clusters", "environments", "tenants"] as const;

export const serviceChart = "apps/charts/service";
/** Components of grants: a folder each. */
export const planFolder = "apps/tenant/components/plans";
export const isolationFolder = "apps/tenant/components/isolation";
export const routesFolder = "apps/tenant/components/routes";
/** Who reviews what. A part of it is generated, and held against the tenants' facts. */
export const codeownersFile = ".github/CODEOWNERS";
/** What stock sops reads to know whom a new file is for. Generated. */
export const sopsConfigFile = ".sops.yaml";
/** Encrypted files are told by their name. */
export const isSecretFile = (path: string) => path.endsWith(".sops.yaml") && path !== sopsConfigFile;
/** Files that other tools demand, made from the facts and held against them. */
export const generatedFiles = [codeownersFile, sopsConfigFile] as const;
export const externalFile = "apps/external.yaml";
export const exceptionsFile = "apps/exceptions.yaml";
export const secretRulesFile = "apps/secrets.yaml";

export const clusterFacts = (cluster: string) => `clusters/${cluster}/facts/cluster.yaml`;
export const tenantFacts = (tenant: string) => `tenants/${tenant}/facts/tenant.yaml`;
/** A private key that everybody may read: only where the environment says so. */
export const publishedKeyFile = (cluster: string) => `clusters/${cluster}/published.agekey`;
/** The platform's own secrets on a cluster. */
export const secretsFolder = (cluster: string) => `clusters/${cluster}/platform/secrets`;
/** Brings a tenant's private key to a cluster, encrypted to the cluster. */
export const carrierFile = (cluster: string, tenant: string) => `${secretsFolder(cluster)}/tenant-${tenant}.sops.yaml`;
export const tombstoneFile = (tenant: string) => `tenants/${tenant}/tombstone.yaml`;
/** Values of every service in an environment. */
export const environmentValues = (environment: string) => `environments/${environment}/values.yaml`;
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

/** Values files of a tenant's own copy of a service, weakest first. The ApplicationSet "tenant-services" names the same ones. */
export function tenantValueFiles(at: {
  tenant: string;
  service: string;
  environment: string;
  cluster: string;
}): string[] {
  return [
    `apps/services/${at.service}/values.yaml`,
    `environments/${at.environment}/values.yaml`,
    `clusters/${at.cluster}/values.yaml`,
    `tenants/${at.tenant}/values.yaml`,
    `tenants/${at.tenant}/${at.cluster}/services/${at.service}/values.yaml`,
    `tenants/${at.tenant}/${at.cluster}/services/${at.service}/image.yaml`,
  ];
}

/** Whether a values layer is only there where it says something: that of a cluster, of a tenant, of one service on a cluster. */
export function isOptionalValues(file: string): boolean {
  return /^(clusters\/[^/]+\/(services\/[^/]+\/)?|tenants\/[^/]+\/([^/]+\/services\/[^/]+\/)?)values\.yaml$/.test(file);
}

/** Schema of the documents this repository defines, by kind. */
export const documentSchemas = {
  Cluster: "schemas/cluster.json",
  Environment: "schemas/environment.json",
  Exceptions: "schemas/exceptions.json",
  External: "schemas/external.json",
  SecretRules: "schemas/secrets.json",
  Tenant: "schemas/tenant.json",
  Tombstone: "schemas/tombstone.json",
} as const;

export const tenantValuesSchema = "schemas/tenant-values.json";
/** For editors: what is rendered is held against the whole schemas below. */
export const manifestSchema = "schemas/manifest.json";
export const kustomizationSchema = "schemas/kustomization.json";
export const kubernetesSchema = (version: string) => `schemas/kubernetes/${version}.json`;
export const contractFolder = "schemas/crds";
