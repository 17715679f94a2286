import { listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { secretsOf } from "../../secret/sops-secret.ts";
import type { Rule } from "../rule.ts";

const finalizer = "resources-finalizer.argocd.argoproj.io";

export const objectMetadata: Rule = {
  id: "object-metadata",
  severity: "error",
  holds:
    "No manifest, and no Secret that a SopsSecret makes, names who owns or tracks it, and none keeps itself from being deleted.",
  because:
    "A tracking id of another Application makes it prune what is not its own; a finalizer without a controller stays for ever (S-12).",
  *check(fleet) {
    for (const { raw, id, object, at } of renderedObjects(fleet)) {
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
      for (const what of said)
        yield { ...at, message: `carries ${what}`, fix: "remove it: Argo CD and controllers set such things" };
    }
  },
};
