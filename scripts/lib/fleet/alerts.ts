import { type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { addonOf } from "../render/source-file.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, renderedObjects } from "./objects.ts";

/** A rule of a PrometheusRule: an alert, or what is recorded. */
export interface PrometheusRuleEntry {
  deployed: DeployedObject;
  rule: JsonObject;
  /** What it is called. */
  name: string;
  expression: string;
  isAlert: boolean;
  /** It is of this repository, not of an addon's upstream. */
  isOurs: boolean;
}

/** Every rule of every PrometheusRule. */
export function prometheusRules(fleet: Fleet): PrometheusRuleEntry[] {
  return renderedObjects(fleet, "PrometheusRule").flatMap((deployed) =>
    listAt(deployed.object, "spec", "groups")
      .flatMap((group) => listAt(group, "rules"))
      .map((entry) => {
        const rule = objectAt({ entry }, "entry");
        const alert = stringAt(rule, "alert");
        return {
          deployed,
          rule,
          name: alert ?? stringAt(rule, "record") ?? "a rule",
          expression: stringAt(rule, "expr") ?? "",
          isAlert: alert !== undefined,
          isOurs: addonOf(deployed.application) === undefined,
        };
      }),
  );
}
