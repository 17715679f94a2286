import { type Json, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { type Problems, repeated } from "./problem.ts";

/** Filters that may stand once in a list. */
const once = new Set(["CORS", "RequestHeaderModifier", "RequestRedirect", "ResponseHeaderModifier", "URLRewrite"]);
const pathCharacters = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;

/** An HTTPRoute, by the rules in the CRD of Gateway API 1.6 that no schema can say. */
export function* httpRoute(object: JsonObject): Problems {
  const rules = listAt(object, "spec", "rules");
  const matches = rules.flatMap((rule) => listAt(rule, "matches"));
  if (matches.length > 128) yield { message: `has ${matches.length} matches`, fix: "use at most 128: split the route" };
  for (const match of matches) yield* path(match);
  for (const rule of rules) {
    for (const holder of [rule, ...listAt(rule, "backendRefs")]) {
      const types = listAt(holder, "filters").map((filter) => stringAt(filter, "type") ?? "");
      for (const type of repeated(types))
        if (once.has(type)) yield { message: `has the filter ${type} twice in one list`, fix: "merge them" };
      if (types.includes("RequestRedirect") && types.includes("URLRewrite"))
        yield { message: "has a RequestRedirect beside a URLRewrite", fix: "keep one of them" };
    }
    const redirects = listAt(rule, "filters").some((filter) => stringAt(filter, "type") === "RequestRedirect");
    if (redirects && listAt(rule, "backendRefs").length > 0)
      yield { message: "redirects and has backendRefs in one rule", fix: "keep one of them" };
  }
}

function* path(match: Json): Problems {
  const value = stringAt(match, "path", "value") ?? "/";
  if ((stringAt(match, "path", "type") ?? "PathPrefix") === "RegularExpression") return;
  const problem = pathProblem(value);
  if (problem !== undefined)
    yield { message: `has the path ${JSON.stringify(value)}, ${problem}`, fix: "correct the path" };
}

function pathProblem(value: string): string | undefined {
  if (!value.startsWith("/")) return "which does not begin with a slash";
  const bad = ["//", "/./", "/../", "%2f", "%2F", "#"].find((part) => value.includes(part));
  if (bad !== undefined) return `which holds ${bad}`;
  if (value.endsWith("/..") || value.endsWith("/.")) return "which ends with dots";
  return pathCharacters.test(value) ? undefined : "which has a character that no path may have";
}
