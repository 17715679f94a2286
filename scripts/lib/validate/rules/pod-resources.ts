import { at } from "../../core/json.ts";
import { podContainers } from "../../fleet/objects.ts";
import { containerName } from "../../model/pods.ts";
import { parseQuantity } from "../../model/quantity.ts";
import type { Rule } from "../rule.ts";

const needed = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "memory"],
] as const;

export const podResources: Rule = {
  id: "pod-resources",
  severity: "error",
  holds: "Every container states the CPU and memory it needs and a memory limit, and needs no more than its limits.",
  because:
    "What states nothing is evicted first, can't be scaled by use, and does not start where there is a quota (S-05).",
  *check(fleet) {
    for (const { deployed, container } of podContainers(fleet)) {
      const missing = needed.filter((path) => parseQuantity(at(container, "resources", ...path)) === undefined);
      for (const name of ["cpu", "memory"]) {
        const [request, limit] = ["requests", "limits"].map((kind) =>
          parseQuantity(at(container, "resources", kind, name)),
        );
        if (request === undefined || limit === undefined || request <= limit) continue;
        const message = `${containerName(container)} asks for more ${name} than its limit`;
        yield { ...deployed.at, message, fix: `raise limits.${name} or lower requests.${name}` };
      }
      if (missing.length === 0) continue;
      const names = missing.map((path) => path.join(".")).join(", ");
      yield { ...deployed.at, message: `${containerName(container)} lacks resources ${names}`, fix: `set ${names}` };
    }
  },
};
