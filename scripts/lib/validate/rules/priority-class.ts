import { stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

export const priorityClass: Rule = {
  id: "priority-class",
  severity: "error",
  holds: "No pod of ours takes a priority that Kubernetes keeps for its own.",
  because: "It would push everybody's pods off a full node, and lies outside quotas (S-05).",
  *check(fleet) {
    for (const { pods, at } of renderedObjects(fleet)) {
      for (const { spec } of pods) {
        const name = stringAt(spec, "priorityClassName");
        if (name?.startsWith("system-") === true)
          yield { ...at, message: `has the priority ${name}`, fix: "remove priorityClassName" };
      }
    }
  },
};
