import { renderedObjects } from "../../fleet/objects.ts";
import type { ResourceId } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** RBAC names are path segments: nearly anything. */
const pathSegment = /^(?!\.{1,2}$)[^/%]{1,253}$/;

/** Kinds whose names are DNS labels, because they become names in DNS. */
const labels = new Set(["Namespace", "Service"]);

/** The name or the namespace of an object that is none; undefined where both are. */
export function badName({ group, kind, name, namespace }: ResourceId): string | undefined {
  const isRbac = group === "rbac.authorization.k8s.io";
  const pattern = isRbac ? pathSegment : labels.has(kind) ? label : subdomain;
  if (!pattern.test(name)) return name;
  return namespace !== "" && !label.test(namespace) ? namespace : undefined;
}

export const objectName: Rule = {
  id: "object-name",
  severity: "error",
  holds:
    "Names and namespaces of objects are names to Kubernetes, and none is an object that Kubernetes itself writes.",
  because:
    "Two that write one object undo each other for ever; a name with a slash or dots leaves the folder that rendered files are written to (B-10); the API server refuses it.",
  *check(fleet) {
    for (const { id, at } of renderedObjects(fleet)) {
      if (id.group === "" && id.kind === "ConfigMap" && id.name === "kube-root-ca.crt") {
        const message = "is written by Kubernetes into every namespace, and Argo CD would undo that again and again";
        yield { ...at, message, fix: "give it another name" };
      }
      const bad = badName(id);
      if (bad === undefined) continue;
      const fix = "use lower-case letters, digits and hyphens, at most 63 for namespaces and services, 253 otherwise";
      yield { ...at, message: `${JSON.stringify(bad)} is not a valid name for ${id.kind}`, fix };
    }
  },
};
