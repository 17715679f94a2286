import type { Json, JsonObject, JsonPath } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { formatPath } from "../../model/violation.ts";
import type { Rule } from "../rule.ts";

/** What a template prints of a large number that it takes for a float, anywhere in a text. */
const exponent = /(?<![\w.])-?\d(\.\d+)?e\+\d+(?!\w)/g;

export const numberNotation: Rule = {
  id: "number-notation",
  severity: "error",
  holds: "No text of a rendered object has a number with an exponent, unless its values state it so.",
  because: "Helm reads numbers as floats: a template that prints one writes 3.6e+06, of which a service reads 3 (K3).",
  *check(fleet) {
    for (const { application, raw, at } of renderedObjects(fleet)) {
      for (const { path, numbers } of printedIn(raw)) {
        const left = numbers.filter((number) => !isStated(fleet.values(application)?.merged ?? null, number));
        if (left.length === 0) continue;
        const message = `${formatPath(path)} has ${left.join(", ")}, a number that was printed as a float`;
        yield { ...at, message, fix: "print the number with toJson in the template" };
      }
    }
  },
};

interface Printed {
  path: JsonPath;
  numbers: string[];
}

/** Definitions are megabytes, and clusters share them. */
const printed = new WeakMap<JsonObject, Printed[]>();

function printedIn(raw: JsonObject): readonly Printed[] {
  let found = printed.get(raw);
  if (found === undefined) {
    found = [];
    collect(raw, [], found);
    printed.set(raw, found);
  }
  return found;
}

function collect(value: Json, path: (string | number)[], found: Printed[]): void {
  if (typeof value === "string") {
    // Few texts have that at all, and there are many.
    const numbers = value.includes("e+") ? value.match(exponent) : null;
    if (numbers !== null) found.push({ path: [...path], numbers });
  } else if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      path.push(Array.isArray(value) ? Number(key) : key);
      collect((value as JsonObject)[key]!, path, found);
      path.pop();
    }
  }
}

/** Whether a text of the values has it: then it is data, as somebody wrote it. */
function isStated(values: Json, number: string): boolean {
  if (typeof values === "string") return values.includes(number);
  return typeof values === "object" && values !== null && Object.values(values).some((item) => isStated(item, number));
}
