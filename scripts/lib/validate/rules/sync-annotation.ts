import { annotationProblems, syncOptionProblems } from "../../argocd/annotations.ts";
import { objectAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const syncAnnotation: Rule = {
  id: "sync-annotation",
  severity: "error",
  holds:
    "What is written for Argo CD and Helm (annotations, hooks, sync options) is in their words, each exact, and a Job is a hook.",
  because:
    "Argo CD never applies a hook of a misspelt phase and passes over options it does not know; a Job that stays can't be changed by the next release (FM-08).",
  *check(fleet) {
    // Those that an ApplicationSet makes are no objects of a render.
    for (const { id, manifest, folder } of fleet.applications) {
      const where = { application: id, ...(folder === undefined ? {} : { file: folder }) };
      for (const problem of annotationProblems(objectAt(manifest, "metadata", "annotations")))
        yield { ...where, ...problem };
    }
    for (const { at, hooks, id, raw } of renderedObjects(fleet)) {
      for (const problem of annotationProblems(objectAt(raw, "metadata", "annotations"))) yield { ...at, ...problem };
      const options = [
        ...stringsAt(raw, "spec", "syncPolicy", "syncOptions"),
        ...stringsAt(raw, "spec", "template", "spec", "syncPolicy", "syncOptions"),
      ];
      if (id.group === "argoproj.io") for (const problem of syncOptionProblems(options)) yield { ...at, ...problem };
      if (id.group === "batch" && id.kind === "Job" && hooks.length === 0)
        yield {
          ...at,
          message: "is a Job and not a hook: its next version can't be applied",
          fix: "annotate it with argocd.argoproj.io/hook, and hook-delete-policy BeforeHookCreation",
        };
    }
  },
};
