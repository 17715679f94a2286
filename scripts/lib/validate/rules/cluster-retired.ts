import { pathOf, placesIn } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const clusterRetired: Rule = {
  id: "cluster-retired",
  severity: "error",
  holds: "Of a retired cluster its record alone is left, and no cluster has its key.",
  because:
    "What lies beside the record is deployed by nobody; with its key, old backups would open with a cluster's that runs.",
  *check({ documents, sources, tree }) {
    for (const [name, { file, document }] of documents.retirements) {
      for (const other of tree.below(pathOf("cluster", { cluster: name }))) {
        if (other === file) continue;
        yield { file: other, line: 1, message: `belongs to ${name}, which is no more`, fix: "remove it" };
      }
      for (const place of placesIn(tree, "placement", { cluster: name }))
        yield {
          file: pathOf("placement", place, "kustomization.yaml"),
          line: 1,
          message: `places ${place.tenant} on ${name}, which is no more`,
          fix: "remove the folder",
        };
      for (const [cluster, located] of documents.clusters) {
        if (located.document.spec.ageRecipient !== document.spec.ageRecipient) continue;
        yield {
          file: located.file,
          ...sources.locate(located.file, ["spec", "ageRecipient"]),
          message: `${cluster} has the key of ${name}, which is no more`,
          fix: `bun run secrets keygen --cluster ${cluster}`,
        };
      }
    }
  },
};
