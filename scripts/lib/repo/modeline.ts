import path from "node:path";

import {
  documentSchemas,
  exceptionsFile,
  externalFile,
  kustomizationSchema,
  manifestSchema,
  secretRulesFile,
  serviceChart,
  tenantValuesSchema,
} from "./layout.ts";
import type { Tree } from "./tree.ts";

/** Which schema a file is written to; undefined for what has none. */
export function schemaOf(file: string): string | undefined {
  if (/(^|\/)templates\//.test(file) || !file.endsWith(".yaml") || file.endsWith(".sops.yaml")) return undefined;
  const name = path.posix.basename(file);
  if (name === "kustomization.yaml") return kustomizationSchema;
  if (/^clusters\/[^/]+\/facts\/cluster\.yaml$/.test(file)) return documentSchemas.Cluster;
  if (/^environments\/[^/]+\/facts\/environment\.yaml$/.test(file)) return documentSchemas.Environment;
  if (/^tenants\/[^/]+\/facts\/tenant\.yaml$/.test(file)) return documentSchemas.Tenant;
  if (/^tenants\/[^/]+\/tombstone\.yaml$/.test(file)) return documentSchemas.Tombstone;
  if (isTenantValues(file)) return tenantValuesSchema;
  if (file === externalFile) return documentSchemas.External;
  if (file === secretRulesFile) return documentSchemas.SecretRules;
  if (file === exceptionsFile) return documentSchemas.Exceptions;
  const isValues = name === "values.yaml" || name === "image.yaml";
  const isService =
    /^(apps\/(services|charts\/service)|environments|tenants)\/|^clusters\/[^/]+\/(services\/|values\.yaml$)/.test(
      file,
    );
  if (isValues && isService) return `${serviceChart}/values.schema.json`;
  return isManifest.test(file) ? manifestSchema : undefined;
}

/** What Kustomize reads beside kustomizations and facts. */
const isManifest =
  /^(apps\/(platform|stores|tenant)\/|clusters\/(base|[^/]+\/(grants|platform|stores))\/|environments\/[^/]+\/(argocd|stores|tenants)\/|tenants\/[^/]+\/(?!facts\/)[^/]+\/(?!services\/))./;

/** Values that a tenant sets of its own copies of services. Images are the scripts' and have the chart's schema. */
export function isTenantValues(file: string): boolean {
  return /^tenants\/[^/]+\/([^/]+\/services\/[^/]+\/)?values\.yaml$/.test(file);
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

const anyModeline = /^# yaml-language-server: \$schema=/;

/** What is wrong with the first lines of a file, and the content that would be right. */
export function modelineProblem(
  file: string,
  tree: Tree,
): { line: number; message: string; fix: string; content: string } | undefined {
  const schema = schemaOf(file);
  if (schema === undefined) return undefined;
  const lines = new TextDecoder().decode(tree.bytes(file)).split("\n");
  const wanted = head(file, schema);
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
