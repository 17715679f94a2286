import { at, type Json, type JsonObject } from "../../core/json.ts";
import type { Problems } from "./problem.ts";
import { isPercentOrCount } from "./workloads.ts";

/** A PodDisruptionBudget. */
export function* budget(object: JsonObject): Problems {
  const [least, most] = ["minAvailable", "maxUnavailable"].map((field) => at(object, "spec", field));
  if (least !== undefined && most !== undefined)
    yield { message: "has both minAvailable and maxUnavailable", fix: "keep one of them" };
  for (const [field, value] of Object.entries({ minAvailable: least, maxUnavailable: most }))
    if (value !== undefined && (!isPercentOrCount(value) || isOverAll(value)))
      yield {
        message: `has ${field} ${JSON.stringify(value)}`,
        fix: "write a whole number, or a percentage of at most 100%",
      };
}

function isOverAll(value: Json): boolean {
  return typeof value === "string" && Number.parseInt(value, 10) > 100;
}
