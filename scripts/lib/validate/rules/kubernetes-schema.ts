import { formatResource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";

export const kubernetesSchema: Rule = {
  id: "kubernetes-schema",
  severity: "error",
  holds: "Every object is of a kind its cluster knows and has only fields of that kind.",
  because: "The API server drops an unknown field without a word, and refuses an unknown kind in the middle of a sync.",
  *check({ applications, kinds }) {
    for (const { id: application, cluster, objects } of applications) {
      for (const { id, raw, file } of objects) {
        for (const { message, fix } of kinds(cluster).violations(raw)) {
          yield { application, object: formatResource(id), ...(file === undefined ? {} : { file }), message, fix };
        }
      }
    }
  },
};
