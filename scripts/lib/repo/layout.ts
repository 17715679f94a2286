/**
 * Single files and lists of files that code needs to know, made of addresses (address.ts). The folders themselves are
 * described in AGENTS.md; the order of values files in apps/README.md.
 */
import { addressOf, pathOf, type PlaceKind, within } from "./address.ts";
import { documentFile } from "./document-kinds.ts";

/** What holds the fleet. Everything else in the repository is about it. */
export const fleetFolders = ["apps", "clusters", "environments", "tenants"] as const;

export const serviceChart = pathOf("chart", { chart: "service" });
/** Who reviews what. A part of it is generated, and held against the tenants' facts. */
export const codeownersFile = ".github/CODEOWNERS";
/** What stock sops reads to know whom a new file is for. Generated. */
export const sopsConfigFile = ".sops.yaml";
/** What each addon is, for people. Generated. */
export const addonsPageFile = "docs/addons.md";
/** Encrypted files are told by their name. */
export const isSecretFile = (path: string) => path.endsWith(".sops.yaml") && !/(?:^|\/)\.sops\.yaml$/.test(path);
/** Files that other tools demand, made from the facts and held against them. */
export const generatedFiles = [codeownersFile, sopsConfigFile, addonsPageFile] as const;
export const companyFile = documentFile("Company", {});
export const externalFile = documentFile("External", {});
export const exceptionsFile = documentFile("Exceptions", {});
export const secretRulesFile = documentFile("SecretRules", {});

export const clusterFacts = (cluster: string) => documentFile("Cluster", { cluster });
export const retirementFile = (cluster: string) => documentFile("Retirement", { cluster });
export const tenantFacts = (tenant: string) => documentFile("Tenant", { tenant });
export const tombstoneFile = (tenant: string) => documentFile("Tombstone", { tenant });
export const environmentFacts = (environment: string) => documentFile("Environment", { environment });
/** A private key that everybody may read: only where the environment says so. */
export const publishedKeyFile = (cluster: string) => pathOf("cluster", { cluster }, "published.agekey");
/** Whether a file is where one would be. */
export const isPublishedKeyFile = (path: string) => path === publishedKeyFile(within("cluster", path)?.cluster ?? "");
/** The platform's own secrets on a cluster. */
export const secretsFolder = (cluster: string) => pathOf("platform", { cluster, part: "secrets" });
/** Brings a tenant's private key to a cluster, encrypted to the cluster. */
export const carrierFile = (cluster: string, tenant: string) =>
  pathOf("clusterSecret", { cluster, secret: `tenant-${tenant}` });

/** Values that hold for all services of a cluster, an environment, or for a tenant's own copies. */
export const clusterValues = (cluster: string) => pathOf("cluster", { cluster }, "values.yaml");
export const environmentValues = (environment: string) => pathOf("environment", { environment }, "values.yaml");
export const tenantValues = (tenant: string) => pathOf("tenant", { tenant }, "values.yaml");

const stampsName = "secret-stamps.yaml";
/** When Secrets changed, as values: those of a cluster, or of a tenant on it. Generated from the encrypted files beside it. */
export const secretStamps = ({ tenant, cluster }: { tenant?: string; cluster: string }) =>
  tenant === undefined
    ? pathOf("cluster", { cluster }, stampsName)
    : pathOf("placement", { tenant, cluster }, stampsName);

/** Whether a file is where such values are. */
export function isSecretStamps(file: string): boolean {
  const address = addressOf(file);
  return address?.file === stampsName && (address.kind === "cluster" || address.kind === "placement");
}

/** Places whose values only differ from what is shared. */
const ownLayers: ReadonlySet<PlaceKind> = new Set(["addon", "cluster", "clusterService", "tenant", "tenantService"]);

/** Values files of a service that all tenants share, weakest first. The ApplicationSet "services" names the same ones. */
export function serviceValueFiles(at: { service: string; environment: string; cluster: string }): string[] {
  const { service, environment, cluster } = at;
  return [
    pathOf("service", { service }, "values.yaml"),
    environmentValues(environment),
    clusterValues(cluster),
    secretStamps({ cluster }),
    pathOf("clusterService", { cluster, service }, "values.yaml"),
    pathOf("clusterService", { cluster, service }, "image.yaml"),
  ];
}

/** Values files of a tenant's own copy of a service, weakest first. The ApplicationSet "tenant-services" names the same ones. */
export function tenantValueFiles(at: {
  tenant: string;
  service: string;
  environment: string;
  cluster: string;
}): string[] {
  const { tenant, service, environment, cluster } = at;
  return [
    pathOf("service", { service }, "values.yaml"),
    environmentValues(environment),
    clusterValues(cluster),
    tenantValues(tenant),
    secretStamps({ tenant, cluster }),
    pathOf("tenantService", { tenant, cluster, service }, "values.yaml"),
    pathOf("tenantService", { tenant, cluster, service }, "image.yaml"),
  ];
}

/** Whether a values layer is only there where it says something: that of a cluster, of a tenant, of one service, of Secrets. */
export function isOptionalValues(file: string): boolean {
  const address = addressOf(file);
  if (address?.kind === "addonDefinition") return /^values-[a-z]+\.yaml$/.test(address.file);
  return isSecretStamps(file) || (address?.file === "values.yaml" && ownLayers.has(address.kind));
}

const addonValues = (environment: string) => `values-${environment}.yaml`;

/** Values files of an addon, weakest first. The ApplicationSet "addons" names the same ones. */
export function addonValueFiles({
  addon,
  environment,
  cluster,
}: {
  addon: string;
  environment: string;
  cluster: string;
}) {
  return [
    pathOf("addonDefinition", { addon }, "values.yaml"),
    pathOf("addonDefinition", { addon }, addonValues(environment)),
    pathOf("addon", { cluster, addon }, "values.yaml"),
    pathOf("addon", { cluster, addon }, "images.yaml"),
  ];
}

/** Which chart of an addon a cluster runs. Only scripts write it. */
export const chartFile = (at: { cluster: string; addon: string }) => pathOf("addon", at, "chart.yaml");
/** Which of its definitions the cluster has. Generated. */
export const definitionsFile = (at: { cluster: string; addon: string }) => pathOf("addon", at, "definitions.yaml");
/** Its images, as values. Generated. */
export const imagesFile = (at: { cluster: string; addon: string }) => pathOf("addon", at, "images.yaml");

/** What all addons together may deploy. Its lists are generated. */
export const addonProjectFile = pathOf("clusterBase", {}, "projects/addons.yaml");

/** What the platform itself may deploy; its namespaces are generated too. */
export const platformProjectFile = pathOf("clusterBase", {}, "projects/platform.yaml");

/** Where an archive's files lie while the fleet is rendered: in no repository, so nothing there can hide one. */
export const archiveFolder = (digest: string) => `.charts/${digest.replace(":", "-")}`;
export const isInArchive = (file: string) => file.startsWith(".charts/");

/** Templates of charts are YAML only once rendered; so are charts within charts. */
export function isTemplate(path: string): boolean {
  const chart = within("chart", path);
  return chart !== undefined && /^(templates|charts)\//.test(chart.file);
}

export const imageSchema = "schemas/image.json";
export const chartSchema = "schemas/chart.json";
export const definitionsSchema = "schemas/definitions.json";
export const tenantValuesSchema = "schemas/tenant-values.json";
/** For editors: what is rendered is held against the whole schemas below. */
export const manifestSchema = "schemas/manifest.json";
/** What Terraform hands over of a cluster. */
export const infrastructureSchema = "schemas/infrastructure.json";
export const kustomizationSchema = "schemas/kustomization.json";
export const kubernetesSchema = (version: string) => `schemas/kubernetes/${version}.json`;
export const contractFolder = "schemas/crds";
