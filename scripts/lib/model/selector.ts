import { type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";

/** Whether a label selector of Kubernetes picks these labels. An empty one picks everything. */
export function selects(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(objectAt(selector, "matchLabels"));
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return listAt(selector, "matchExpressions").every((expression) => {
    const key = stringAt(expression, "key") ?? "";
    const values = stringsAt(expression, "values");
    switch (stringAt(expression, "operator")) {
      case "In":
        return labels[key] !== undefined && values.includes(labels[key]);
      case "NotIn":
        return labels[key] === undefined || !values.includes(labels[key]);
      case "Exists":
        return labels[key] !== undefined;
      case "DoesNotExist":
        return labels[key] === undefined;
      default:
        return false;
    }
  });
}
