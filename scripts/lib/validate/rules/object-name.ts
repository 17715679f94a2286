import { formatResource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** RBAC names are path segments: nearly anything. */
const pathSegment = /^(?!\.{1,2}$)[^/%]{1,253}$/;

/** Kinds whose names are DNS labels, because they become names in DNS. */
const labels = new Set(["Namespace", "Service"]);

export const objectName: Rule = {
  id: "object-name",
  severity: "error",
  holds: "Names and namespaces of objects are names to Kubernetes.",
  because:
    "A name with a slash or dots leaves the folder that rendered files are written to (B-10); the API server refuses it.",
  *check({ applications }) {
    for (const { id: application, objects } of applications) {
      for (const { id, file } of objects) {
        const pattern =
          id.group === "rbac.authorization.k8s.io" ? pathSegment : labels.has(id.kind) ? label : subdomain;
        const bad = !pattern.test(id.name)
          ? id.name
          : id.namespace !== "" && !label.test(id.namespace)
            ? id.namespace
            : undefined;
        if (bad === undefined) continue;
        const message = `${JSON.stringify(bad)} is no name for ${id.kind}`;
        const fix = "use lower-case letters, digits and hyphens, at most 63 for namespaces and services, 253 otherwise";
        yield { application, object: formatResource(id), ...(file === undefined ? {} : { file }), message, fix };
      }
    }
  },
};
