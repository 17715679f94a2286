import type { Omission } from "../../core/finding.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { objectProblems } from "../../model/objects/objects.ts";
import type { Rule } from "../rule.ts";
import { newRefusals } from "../verdicts.ts";

/** What no rule here can say of an object. */
export const onlyKubernetes = "values that only Kubernetes' own code refuses";

export const objectValidation: Rule = {
  id: "object-validation",
  severity: "error",
  holds:
    "The API server of an object's cluster takes it: its values fit one another, no item stands twice in a list that has keys, and with the engine Kubernetes' own validation finds nothing.",
  because:
    "Its schema takes such an object, the server refuses it in the middle of a sync, after the merge. Without the engine, what only Kubernetes' own code refuses is not seen.",
  cannotJudge: notJudged,
  *check(fleet) {
    for (const deployed of renderedObjects(fleet)) {
      const { cluster, object, pods, at } = deployed;
      const kinds = fleet.kinds(cluster);
      for (const { message, fix } of [...kinds.duplicates(object), ...objectProblems(object, pods)])
        yield { ...at, message, fix };
      for (const { field, message } of newRefusals(deployed, kinds)) {
        yield {
          ...at,
          message: `Kubernetes refuses ${field === "" ? "it" : field}: ${message}`,
          fix: "correct the value; bun run render --application shows the object",
        };
      }
    }
  },
};

/** Without the engine nothing is judged; with it, what has no definition at hand, or is of another version. */
function notJudged(fleet: Fleet): Omission | undefined {
  if (fleet.judgedBy === undefined) {
    const reason = "the engine is not built: bun run engine does it; bun run validate --admit asks the lab";
    return { what: onlyKubernetes, reason };
  }
  const left = Map.groupBy(
    renderedObjects(fleet).filter(({ verdict }) => verdict?.notJudged !== undefined),
    ({ verdict }) => verdict!.notJudged!,
  );
  if (left.size === 0) return undefined;
  const count = [...left.values()].reduce((sum, { length }) => sum + length, 0);
  const reasons = [...left].toSorted(([, a], [, b]) => b.length - a.length).map(([reason]) => reason);
  const more = reasons.length > 3 ? ` and ${reasons.length - 3} more` : "";
  return {
    what: onlyKubernetes,
    reason: `${count} objects were held against schemas/ alone: ${reasons.slice(0, 3).join("; ")}${more}`,
  };
}
