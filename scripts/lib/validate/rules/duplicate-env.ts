import { listAt, stringAt } from "../../core/json.ts";
import { podContainers } from "../../fleet/objects.ts";
import { containerName } from "../../model/pods.ts";
import type { Rule } from "../rule.ts";

export const duplicateEnv: Rule = {
  id: "duplicate-env",
  severity: "error",
  holds: "A container sets an environment variable once.",
  because: "Server-side apply refuses a list with the same key twice; client-side apply kept the last.",
  *check(fleet) {
    for (const { deployed, container } of podContainers(fleet)) {
      const seen = new Set<string>();
      for (const variable of listAt(container, "env")) {
        const name = stringAt(variable, "name") ?? "";
        if (seen.has(name))
          yield { ...deployed.at, message: `${containerName(container)} sets ${name} twice`, fix: "keep one of them" };
        seen.add(name);
      }
    }
  },
};
