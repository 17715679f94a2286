import { objectAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** Settings that the proofs of this repository stand on, with the one value each may have. */
const required: Readonly<Record<string, string>> = {
  "application.resourceTrackingMethod": "annotation",
  // Without it every Application acts as Argo CD itself, and all deployers are void.
  "application.sync.impersonation.enabled": "true",
};

/** How healthy a kind is: it decides how long Argo CD waits, and nothing else. */
const health = /^resource\.customizations\.health\.[a-z0-9.-]+_[A-Za-z]+$/;

/** Argo CD's own configuration objects, by name: argo-cd.readthedocs.io, declarative setup. */
const configuration = /^argocd-/;

export const argocdSettings: Rule = {
  id: "argocd-settings",
  severity: "error",
  absolute: true,
  holds:
    "Argo CD is configured by argocd-cm of root alone: impersonation and tracking as the proofs need them, health of kinds, and nothing else.",
  because:
    "A setting can switch off whole kinds of objects, accounts or comparisons, and everything that is proven here with them (R9).",
  *check(fleet) {
    const rendered = new Set<string>();
    for (const { application, cluster, hooks, id, object, at: where } of renderedObjects(fleet)) {
      const isConfiguration =
        id.group === "" && ["ConfigMap", "Secret"].includes(id.kind) && configuration.test(id.name);
      if (!isConfiguration || id.namespace !== "argocd") continue;
      if (id.kind !== "ConfigMap" || id.name !== "argocd-cm" || application.name !== "root") {
        const message = `configures Argo CD, from ${application.name}`;
        yield { ...where, message, fix: `only argocd-cm in ${pathOf("clusterBase", {}, "settings")} does: remove it` };
        continue;
      }
      // A hook configures nothing: it is not there between two syncs, if ever.
      if (hooks.length === 0) rendered.add(cluster);
      const data = objectAt(object, "data");
      for (const [key, value] of Object.entries(required))
        if (data[key] !== value)
          yield { ...where, message: `${key} is ${JSON.stringify(data[key] ?? null)}`, fix: `set it to "${value}"` };
      for (const key of Object.keys(data))
        if (required[key] === undefined && !health.test(key))
          yield { ...where, message: `sets ${key}, which is not among the settings the proofs know`, fix: "remove it" };
    }
    for (const root of fleet.applications)
      if (root.name === "root" && root.notRendered === undefined && !rendered.has(root.cluster))
        yield {
          application: root.id,
          message: "has no argocd-cm, so nothing says that Argo CD acts as deployers",
          fix: `include ${pathOf("clusterBase", {})}, which holds it`,
        };
  },
};
