import { stringAt } from "../../core/json.ts";
import { renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const priorityClass: Rule = {
  id: "priority-class",
  severity: "error",
  needs: "clusters",
  holds:
    "A pod's priority class is one that the platform makes on its cluster; none takes a priority that Kubernetes keeps for its own.",
  because:
    "Admission refuses pods of a class that is not there; one of Kubernetes' own would push everybody's pods off a full node, outside quotas (S-05).",
  *check(fleet) {
    const made = Map.groupBy(standingObjects(fleet, "PriorityClass"), ({ cluster }) => cluster);
    for (const { cluster, pods, at } of renderedObjects(fleet)) {
      for (const { spec } of pods) {
        const name = stringAt(spec, "priorityClassName");
        if (name === undefined) continue;
        const names = (made.get(cluster) ?? []).map(({ id }) => id.name);
        if (name.startsWith("system-"))
          yield { ...at, message: `has the priority ${name}`, fix: "remove priorityClassName, or use one of ours" };
        else if (!names.includes(name)) {
          const message = `has the priority class ${name}, which ${cluster} does not have`;
          const fix =
            names.length === 0
              ? `add ${pathOf("platform", { cluster, part: "priority-classes" })}, as other clusters have it`
              : `use one of ${names.toSorted().join(", ")}`;
          yield { ...at, message, fix };
        }
      }
    }
  },
};
