import { syncOptions } from "../../argocd/protection.ts";
import { at, stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { tenantName, tenantPartOf } from "../../fleet/ownership.ts";
import { addonOf } from "../../render/source-file.ts";
import type { Rule } from "../rule.ts";

const dangerous =
  /^(Validate=false|Replace=true|Force=true|CreateNamespace=true|ServerSideApply=false|RespectIgnoreDifferences=true)$/;

export const applicationAuthority: Rule = {
  id: "application-authority",
  severity: "error",
  absolute: true,
  holds:
    "An Application's project, server and namespace follow from its folder, and it asks for no way around checks; only root holds Applications and ApplicationSets.",
  because:
    "The project decides what an Application may do: one of another tenant, or default, would be another's rights (S-01, S-02).",
  *check(fleet) {
    for (const application of fleet.applications) {
      const { id, manifest, folder } = application;
      const where = { application: id, ...(folder === undefined ? {} : { file: folder }) };
      const part = tenantPartOf(application);
      const platforms = addonOf(application) === undefined ? "platform" : "addons";
      const wanted = part === undefined ? { project: platforms } : expected(part.kind, part.tenant);
      const project = stringAt(manifest, "spec", "project") ?? "";
      const server = stringAt(manifest, "spec", "destination", "server") ?? "nowhere";
      const namespace = stringAt(manifest, "spec", "destination", "namespace") ?? "nowhere";
      if (project !== wanted.project) {
        const message = `is of the project ${project}, not of ${wanted.project}`;
        yield { ...where, message, fix: "name the project in its ApplicationSet by the folder's segment" };
      }
      if ("namespace" in wanted && namespace !== wanted.namespace)
        yield {
          ...where,
          message: `deploys to ${namespace}, not to ${wanted.namespace}`,
          fix: "correct the ApplicationSet",
        };
      if (server !== "https://kubernetes.default.svc")
        yield { ...where, message: `deploys to ${server}`, fix: "each cluster deploys to itself alone" };
      if (at(manifest, "spec", "ignoreDifferences") !== undefined)
        yield { ...where, message: "ignores differences", fix: "let Argo CD see and undo every change" };
      for (const option of stringsAt(manifest, "spec", "syncPolicy", "syncOptions"))
        if (dangerous.test(option)) yield { ...where, message: `has the sync option ${option}`, fix: "remove it" };
    }
    for (const { application, id, object, hooks, at: where } of renderedObjects(fleet)) {
      const isApplication = id.group === "argoproj.io" && (id.kind === "Application" || id.kind === "ApplicationSet");
      if (isApplication && application.name !== "root")
        yield {
          ...where,
          message: `comes from ${application.name}`,
          fix: "add a folder that an ApplicationSet finds instead",
        };
      for (const option of syncOptions(object))
        if (dangerous.test(option)) yield { ...where, message: `has the sync option ${option}`, fix: "remove it" };
      const part = tenantPartOf(application);
      if (part?.kind === "placement" && hooks.length > 0)
        yield {
          ...where,
          message: `is a hook (${hooks.join(", ")})`,
          fix: "a placement holds what stays: secrets and settings",
        };
    }
    for (const { object, at: where } of renderedObjects(fleet, "ApplicationSet"))
      for (const option of stringsAt(object, "spec", "template", "spec", "syncPolicy", "syncOptions"))
        if (dangerous.test(option)) yield { ...where, message: `has the sync option ${option}`, fix: "remove it" };
  },
};

function expected(kind: "grant" | "placement" | "service", tenant: string) {
  const own = tenantName(tenant);
  if (kind === "grant") return { project: "grants" };
  return { project: kind === "service" ? `${own}-services` : own, namespace: own };
}
