import { at, isObject, listAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { containerName } from "../../model/pods.ts";
import type { Rule } from "../rule.ts";

export const podProbes: Rule = {
  id: "pod-probes",
  severity: "error",
  holds: "What runs for ever can be asked whether it is ready and whether it is alive.",
  because: "Without a readiness probe a rollout sends requests to pods that don't answer yet (D-14).",
  *check(fleet) {
    for (const { at: where, object } of renderedObjects(fleet, "Deployment", "StatefulSet", "DaemonSet")) {
      for (const container of listAt(object, "spec", "template", "spec", "containers").filter(isObject)) {
        const missing = ["readinessProbe", "livenessProbe"].filter((probe) => at(container, probe) === undefined);
        if (missing.length === 0) continue;
        yield {
          ...where,
          message: `${containerName(container)} lacks ${missing.join(" and ")}`,
          fix: `add ${missing.join(" and ")}`,
        };
      }
    }
  },
};
