import { type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { tenantPartOf } from "../../fleet/ownership.ts";
import { secretsOf } from "../../secret/sops-secret.ts";
import type { Rule } from "../rule.ts";

/** What Argo CD and Helm take for orders to them. */
const orders = /^(?:[\w.-]+\.)?(?:argoproj\.io|helm\.sh)\//;
const sayable = new Set(["argocd.argoproj.io/sync-wave", "argocd.argoproj.io/sync-options"]);

const finalizer = "resources-finalizer.argocd.argoproj.io";

export const objectMetadata: Rule = {
  id: "object-metadata",
  severity: "error",
  holds:
    "No manifest, and no Secret that a SopsSecret makes, names who owns or tracks it, and none keeps itself from being deleted; in a placement Argo CD is told of nothing but waves and kinds that may be missing.",
  because:
    "A tracking id of another Application makes it prune what is not its own; a finalizer without a controller stays for ever (S-12).",
  *check(fleet) {
    for (const { application, raw, id, object, at } of renderedObjects(fleet)) {
      const metadata = objectAt(raw, "metadata");
      const said = [
        ...(stringAt(metadata, "annotations", "argocd.argoproj.io/tracking-id") === undefined ? [] : ["a tracking id"]),
        ...(stringAt(metadata, "labels", "argocd.argoproj.io/instance") === undefined ? [] : ["an instance label"]),
        ...(listAt(metadata, "ownerReferences").length === 0 ? [] : ["owners"]),
        ...stringsAt(metadata, "finalizers")
          .filter((name) => !(id.group === "argoproj.io" && name === finalizer))
          .map((name) => `the finalizer ${name}`),
      ];
      for (const { name, labels } of id.kind === "SopsSecret" ? secretsOf(object) : [])
        if (stringAt(labels, "argocd.argoproj.io/instance") !== undefined)
          said.push(`an instance label for the Secret ${name}`);
      if (tenantPartOf(application)?.kind === "placement") said.push(...ordersOf(metadata));
      for (const what of said)
        yield { ...at, message: `carries ${what}`, fix: "remove it: Argo CD and controllers set such things" };
    }
  },
};

/** How a tenant would have Argo CD leave its objects alone, or run them. */
function ordersOf(metadata: JsonObject): string[] {
  return Object.entries(objectAt(metadata, "annotations")).flatMap(([key, value]) => {
    if (!orders.test(key)) return [];
    const options = typeof value === "string" ? value.split(",").map((option) => option.trim()) : [];
    const isFine =
      sayable.has(key) &&
      (!key.endsWith("sync-options") || options.every((option) => option === "SkipDryRunOnMissingResource=true"));
    return isFine ? [] : [`${key}: ${JSON.stringify(value)}`];
  });
}
