import { isObject, type Json, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import type { Problem } from "./problem.ts";

/** Operators that compare with values, and those that do not. */
const withValues = new Set(["In", "NotIn"]);
const withoutValues = new Set(["DoesNotExist", "Exists"]);
/** Of nodes alone. */
const withOneValue = new Set(["Gt", "Lt"]);

/** Kinds that hold none, and the one whose are judged with the rest of it. */
const without = new Set(["ConfigMap", "NetworkPolicy", "PrometheusRule", "Secret", "ServiceAccount", "SopsSecret"]);

/** Expressions of label selectors, wherever they are. */
export function selectors(object: Json, kind: string): Problem[] {
  const found: Problem[] = [];
  if (!without.has(kind)) search(object, found);
  return found;
}

function search(value: Json, found: Problem[]): void {
  if (Array.isArray(value)) for (const item of value) search(item, found);
  else if (isObject(value)) {
    if (Array.isArray(value["matchExpressions"])) found.push(...expressions(value));
    for (const key in value) search(value[key]!, found);
  }
}

function* expressions(selector: JsonObject): Iterable<Problem> {
  for (const expression of listAt(selector, "matchExpressions")) {
    const operator = stringAt(expression, "operator") ?? "";
    const key = stringAt(expression, "key") ?? "";
    const count = listAt(expression, "values").length;
    const says = `selects by ${key} ${operator}`;
    if (withValues.has(operator) && count === 0) yield { message: `${says} without values`, fix: "add values" };
    if (withoutValues.has(operator) && count > 0) yield { message: `${says} with values`, fix: "remove values" };
    if (withOneValue.has(operator) && count !== 1)
      yield { message: `${says} with ${count} values`, fix: "give it one value, a whole number" };
  }
}

/** Whether a selector says nothing: to some kinds that is everything, to others a mistake. */
export function isEmptySelector(selector: Json | undefined): boolean {
  return (
    selector === undefined ||
    (isObject(selector) &&
      Object.keys((selector["matchLabels"] ?? {}) as JsonObject).length === 0 &&
      listAt(selector, "matchExpressions").length === 0)
  );
}
