import path from "node:path";

import { stringAt } from "../../core/json.ts";
import { absentLayers } from "../../render/application.ts";
import { isInArchive } from "../../repo/layout.ts";
import type { Rule } from "../rule.ts";

const annotation = "argocd.argoproj.io/manifest-generate-paths";

export const manifestGeneratePaths: Rule = {
  id: "manifest-generate-paths",
  severity: "error",
  holds: "The files an Application reads lie within its manifest-generate-paths.",
  because: "Argo CD does not render again for a change outside them: the change is merged and never deployed.",
  *check({ applications }) {
    for (const one of applications) {
      const { id: application, manifest, reads } = one;
      if (reads.length === 0) continue;
      const source = stringAt(manifest, "spec", "source", "path") ?? "";
      const declared = (stringAt(manifest, "metadata", "annotations", annotation) ?? "")
        .split(";")
        .map((item) => item.trim());
      const covered = declared
        .filter((item) => item !== "")
        .map((item) => (item.startsWith("/") ? item.slice(1) : path.posix.join(source, item)));
      // A layer that comes later has to be seen as well.
      const outside = [...reads, ...absentLayers(one)].filter(
        (file) => !isInArchive(file) && !covered.some((prefix) => file === prefix || file.startsWith(`${prefix}/`)),
      );
      if (outside.length === 0) continue;
      const [first, ...more] = outside;
      const message = `reads ${first}${more.length === 0 ? "" : ` and ${more.length} more files`} outside its ${annotation}`;
      yield { application, file: first!, message, fix: `add the path to the annotation in its ApplicationSet` };
    }
  },
};
