import { sharedNamespace } from "../core/company.ts";
import { ambiguity } from "../yaml/ambiguous.ts";

/** Names that mean something else where a name of ours ends up: hosts, namespaces, folders. */
const reserved = new Set([
  "admin",
  "api",
  "app",
  "argocd",
  "auth",
  "base",
  "components",
  "database",
  "default",
  "deployers",
  "facts",
  "gateway",
  "grafana",
  "monitoring",
  sharedNamespace,
  "root",
  "secrets",
  "services",
  "sops-operator",
  "stores",
  "velero",
  "www",
]);

/**
 * Why a name can't be one of ours, as a sentence; undefined if it can. The grammar fits wherever names go: labels,
 * namespaces, Helm releases with a suffix, hosts, file names, and plain YAML.
 */
export function nameProblem(name: string): string | undefined {
  const quoted = JSON.stringify(name);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    return `${quoted} is not a valid name: use lower-case letters, digits and single hyphens, starting with a letter`;
  }
  if (name.length > 40) return `${quoted} has ${name.length} characters: use at most 40`;
  if (ambiguity(name) !== undefined || /^(true|false|null)$/.test(name))
    return `${quoted} is a word of YAML: choose another`;
  if (reserved.has(name) || name.startsWith("kube-")) return `${quoted} is reserved: choose another`;
  return undefined;
}
