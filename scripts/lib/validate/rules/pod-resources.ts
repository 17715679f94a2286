import { stringAt } from "../../core/json.ts";
import { containerName } from "../../model/pods.ts";
import type { Rule } from "../rule.ts";
import { podContainers } from "../subjects.ts";

const needed = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "memory"],
] as const;

export const podResources: Rule = {
  id: "pod-resources",
  severity: "error",
  holds: "Every container states the CPU and memory it needs, and a memory limit.",
  because:
    "What states nothing is evicted first, can't be scaled by use, and does not start where there is a quota (S-05).",
  *check(fleet) {
    for (const { subject, container } of podContainers(fleet)) {
      const missing = needed.filter((path) => stringAt(container, "resources", ...path) === undefined);
      if (missing.length === 0) continue;
      const names = missing.map((path) => path.join(".")).join(", ");
      yield { ...subject.at, message: `${containerName(container)} lacks resources ${names}`, fix: `set ${names}` };
    }
  },
};
