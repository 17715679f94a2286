import { stringAt } from "../../core/json.ts";
import { tagProblem } from "../../image/versions.ts";
import { winner } from "../../repo/values.ts";
import type { Rule } from "../rule.ts";

export const imagePrerelease: Rule = {
  id: "image-prerelease",
  severity: "error",
  holds:
    "Image tags are versions, or builds as the environment knows them; prereleases run only where they are allowed.",
  because: "What was never released was never promoted: it has run nowhere below.",
  *check({ applications, documents, sources, values }) {
    for (const application of applications) {
      const own = values(application);
      const tag = stringAt(own?.merged, "image", "tag");
      if (own === undefined || tag === undefined) continue;
      const { environment } = documents.clusters.get(application.cluster)!.document.spec;
      const rule = documents.environments.get(environment)?.document.spec.images;
      if (rule === undefined) continue; // document-reference tells of it.
      const message = tagProblem(tag, environment, rule);
      if (message === undefined) continue;
      const file = winner(own.layers, ["image", "tag"]).name;
      const released = tag.replace(/^v|-.*$/g, "");
      const fix = `run a released version, as v${/^\d+\.\d+\.\d+$/.test(released) ? released : "1.0.3"}`;
      yield { application: application.id, file, ...sources.locate(file, ["image", "tag"]), message, fix };
    }
  },
};
