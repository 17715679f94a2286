import { never, protectionOf, syncOptions } from "../../argocd/protection.ts";
import { at as valueAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const protectedObject: Rule = {
  id: "protected-object",
  severity: "error",
  holds:
    "What holds data goes only after somebody confirmed it; definitions and ApplicationSets don't go by themselves at all, nor does anything of root.",
  because: "A namespace takes everything in it, a definition every object of its kind (FM-05 to FM-07).",
  *check(fleet) {
    for (const { application, id, object, at } of renderedObjects(fleet)) {
      const wanted = application.name === "root" ? never : protectionOf(id);
      if (wanted === undefined) continue;
      // An Application that prunes nothing protects all that it has; Argo CD never deletes a definition but by pruning it.
      const prunes = valueAt(application.manifest, "spec", "syncPolicy", "automated", "prune");
      if (id.kind === "CustomResourceDefinition" && prunes === false) continue;
      const set = syncOptions(object);
      if (wanted.every((option) => set.includes(option))) continue;
      const fix = `annotate it with argocd.argoproj.io/sync-options: ${wanted.join(",")}`;
      yield {
        ...at,
        message: `may be deleted without a word (lacks ${wanted.filter((option) => !set.includes(option)).join(", ")})`,
        fix,
      };
    }
  },
};
