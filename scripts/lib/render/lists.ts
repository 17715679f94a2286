import type { RenderRequest } from "../argocd/application.ts";
import { at, isObject, type JsonObject, stringAt } from "../core/json.ts";
import { serviceChart } from "../repo/layout.ts";

const fields = new Set(["apiVersion", "kind", "metadata", "items"]);

/**
 * What is wrong with a List among manifests. Argo CD applies its items and nothing of the List itself, so what else is in it
 * disappears without a word. Our own chart writes its objects one by one.
 */
export function listProblem(
  object: JsonObject,
  request: RenderRequest | undefined,
): { message: string; fix: string } | undefined {
  const kind = stringAt(object, "kind");
  const items = at(object, "items");
  if (kind?.endsWith("List") !== true || items === undefined) return undefined;
  if (request?.tool === "helm" && request.chart === serviceChart)
    return {
      message: `renders a ${kind}`,
      fix: "render each object by itself: quote what a value brings into a template",
    };
  const other = Object.keys(object).filter((key) => !fields.has(key));
  if (Array.isArray(items) && items.length > 0 && items.every(isObject) && other.length === 0) return undefined;
  const what = other.length > 0 ? `with ${other.join(", ")}` : "without objects in it";
  return { message: `renders a ${kind} ${what}, which nobody applies`, fix: "render the objects by themselves" };
}
