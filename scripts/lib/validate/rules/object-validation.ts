import { renderedObjects } from "../../fleet/objects.ts";
import { objectProblems } from "../../model/objects/objects.ts";
import type { Rule } from "../rule.ts";

/** What no rule here can say of an object. */
export const onlyKubernetes = "values that only Kubernetes' own code refuses";

export const objectValidation: Rule = {
  id: "object-validation",
  severity: "error",
  holds:
    "The values of an object fit one another as its API server wants: no item twice in a list that has keys, one type a volume, one handler a probe, mounts of volumes that are there, at least no more than at most.",
  because:
    "Its schema takes such an object, the server refuses it in the middle of a sync, after the merge. What only Kubernetes' own code refuses is not seen.",
  cannotJudge: () => ({
    what: onlyKubernetes,
    reason: "no API server was asked: bun run validate --admit asks that of the lab",
  }),
  *check(fleet) {
    for (const { cluster, object, pods, at } of renderedObjects(fleet)) {
      const kinds = fleet.kinds(cluster);
      for (const { message, fix } of [...kinds.duplicates(object), ...objectProblems(object, pods)])
        yield { ...at, message, fix };
    }
  },
};
