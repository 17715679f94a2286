import { isObject, type Json, type JsonPath } from "../../core/json.ts";
import { fleetObjects } from "../../fleet/objects.ts";
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
    for (const { application, raw, at } of fleetObjects(fleet)) {
      for (const { path, text } of texts(raw)) {
        const printed = text.match(exponent)?.filter((number) => !isStated(fleet.values(application)?.merged, number));
        if (printed === undefined || printed.length === 0) continue;
        const message = `${formatPath(path)} has ${printed.join(", ")}, a number that was printed as a float`;
        yield { ...at, message, fix: "print the number with toJson in the template" };
      }
    }
  },
};

/** Whether a text of the values has it: then it is data, as somebody wrote it. */
function isStated(merged: Json | undefined, number: string): boolean {
  return merged !== undefined && texts(merged).some(({ text }) => text.includes(number));
}

function texts(value: Json, path: JsonPath = []): { path: JsonPath; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, [...path, index]));
  return isObject(value) ? Object.entries(value).flatMap(([key, item]) => texts(item, [...path, key])) : [];
}
