import { prerelease, valid } from "semver";

import { stringAt } from "../../core/json.ts";
import { winner } from "../../repo/values.ts";
import type { Rule } from "../rule.ts";

export const imagePrerelease: Rule = {
  id: "image-prerelease",
  severity: "error",
  holds: "Image tags are versions, and prereleases run only in environments that allow them.",
  because: "What was never released was never promoted: it has run nowhere below.",
  *check({ applications, documents, sources, values }) {
    for (const application of applications) {
      const own = values(application);
      const tag = stringAt(own?.merged, "image", "tag");
      if (own === undefined || tag === undefined) continue;
      const { environment } = documents.clusters.get(application.cluster)!.document.spec;
      const rule = documents.environments.get(environment)?.document.spec.images.prereleases;
      const isVersion = valid(tag) !== null;
      if (isVersion && (rule === "allowed" || prerelease(tag) === null)) continue;
      const file = winner(own.layers, ["image", "tag"]).name;
      const message = isVersion
        ? `${tag} is a prerelease, which ${environment} does not allow`
        : `${tag} is not a version`;
      const fix = `run a released version, as v${tag.replace(/^v|-.*$/g, "") || "1.2.3"}`;
      yield { application: application.id, file, ...sources.locate(file, ["image", "tag"]), message, fix };
    }
  },
};
