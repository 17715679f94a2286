import path from "node:path";

import { remembered } from "../core/remembered.ts";
import { addressOf, type PlaceKind, within } from "./address.ts";
import { documentKindAt, documentKinds } from "./document-kinds.ts";
import {
  chartSchema,
  definitionsSchema,
  imageSchema,
  isSecretStamps,
  kustomizationSchema,
  manifestSchema,
  serviceChart,
  tenantValuesSchema,
} from "./layout.ts";
import type { Tree } from "./tree.ts";

/** Which schema a file is written to; undefined for what has none. */
export function schemaOf(file: string): string | undefined {
  if (/(^|\/)templates\//.test(file) || !file.endsWith(".yaml") || file.endsWith(".sops.yaml")) return undefined;
  if (path.posix.basename(file) === "kustomization.yaml") return kustomizationSchema;
  const kind = documentKindAt(file);
  if (kind !== undefined) return documentKinds[kind].schema;
  if (isImageFile(file)) return imageSchema;
  if (isChartFile(file)) return chartSchema;
  if (isDefinitionsFile(file)) return definitionsSchema;
  if (isTenantValues(file)) return tenantValuesSchema;
  if (isServiceValues(file)) return `${serviceChart}/values.schema.json`;
  if (within("addonDefinition", file)?.file.startsWith("namespace/") === true) return manifestSchema;
  return manifests.has(addressOf(file)?.kind) ? manifestSchema : undefined;
}

/** Places that Kustomize builds: what lies there beside kustomizations and facts is manifests. */
const manifests: ReadonlySet<PlaceKind | undefined> = new Set([
  "platformDefinition",
  "storeDefinition",
  "tenantBase",
  "grantBase",
  "placementBase",
  "tenantComponent",
  "plan",
  "isolation",
  "routes",
  "environmentPart",
  "clusterBase",
  "platform",
  "store",
  "grant",
  "placement",
]);

/** The strongest layer of values of a service: which image runs. */
export function isImageFile(file: string): boolean {
  const address = addressOf(file);
  return (address?.kind === "clusterService" || address?.kind === "tenantService") && address.file === "image.yaml";
}

/** Which chart of an addon runs on a cluster. */
export function isChartFile(file: string): boolean {
  const address = addressOf(file);
  return address?.kind === "addon" && address.file === "chart.yaml";
}

/** Which definitions of an addon a cluster has. */
export function isDefinitionsFile(file: string): boolean {
  const address = addressOf(file);
  return address?.kind === "addon" && address.file === "definitions.yaml";
}

/** Values that a tenant sets of its own copies of services. */
export function isTenantValues(file: string): boolean {
  const address = addressOf(file);
  return (address?.kind === "tenant" || address?.kind === "tenantService") && address.file === "values.yaml";
}

/** Places whose values.yaml is a layer of a service's values. */
const layers: ReadonlySet<PlaceKind | undefined> = new Set(["service", "environment", "cluster", "clusterService"]);

/** A layer of the values of services that the platform sets, or the defaults of their chart. */
function isServiceValues(file: string): boolean {
  if (isSecretStamps(file)) return true;
  const address = addressOf(file);
  return address?.file === "values.yaml" && (layers.has(address.kind) || file.startsWith(`${serviceChart}/`));
}

/** What a new file starts with, so that editors know its schema. */
export function heading(file: string): string {
  const schema = schemaOf(file);
  if (schema === undefined) throw new Error(`${file} has no schema`);
  return `${head(file, schema).join("\n")}\n`;
}

/** The two lines a file has to start with. */
function head(file: string, schema: string): string[] {
  const relative = path.posix.relative(path.posix.dirname(file), schema);
  return ["---", `# yaml-language-server: $schema=${relative.startsWith(".") ? relative : `./${relative}`}`];
}

/** Bytes in which it lies, or it is no path of ours. */
const longestHead = 512;

const wantedHead = remembered((file: string): readonly string[] | undefined => {
  const schema = schemaOf(file);
  return schema === undefined ? undefined : head(file, schema);
});

const anyModeline = /^# yaml-language-server: \$schema=/;

/** What is wrong with the first lines of a file, and the content that would be right. */
export function modelineProblem(
  file: string,
  tree: Tree,
): { line: number; message: string; fix: string; content: string } | undefined {
  const wanted = wantedHead(file);
  if (wanted === undefined) return undefined;
  const start = new TextDecoder().decode(tree.bytes(file).subarray(0, longestHead));
  if (start.startsWith(`${wanted.join("\n")}\n`)) return undefined;
  const lines = new TextDecoder().decode(tree.bytes(file)).split("\n");
  const wrong = wanted.findIndex((line, index) => lines[index] !== line);
  if (wrong === -1) return undefined;
  const rest = lines.slice(lines[0] === "---" ? 1 : 0);
  const content = [...wanted, ...(anyModeline.test(rest[0] ?? "") ? rest.slice(1) : rest)].join("\n");
  return {
    line: wrong + 1,
    message: `does not start with ${wanted[wrong]}`,
    fix: `write ${wanted[wrong]} in line ${wrong + 1}`,
    content,
  };
}
