import { canonical, isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";

/** What of the protection of a branch is not as .github/rulesets says; nothing if all is. */
export function protectionProblems(wanted: Json, found: readonly unknown[]): string[] {
  const rules = new Map(found.map((rule) => [stringAt(rule, "type") ?? "", objectAt(rule, "parameters")]));
  return listAt(wanted, "rules").flatMap((rule) => {
    const type = stringAt(rule, "type") ?? "";
    const own = rules.get(type);
    if (own === undefined) return [`${type} is not in force`];
    return Object.entries(objectAt(rule, "parameters"))
      .filter(([key, value]) => !includes(own, key, value))
      .map(([key, value]) => `${type}: ${key} is ${JSON.stringify(own[key] ?? null)}, to be ${JSON.stringify(value)}`);
  });
}

/** Lists have to hold what is wanted; GitHub adds fields of its own to their items. */
function includes(own: JsonObject, key: string, value: Json): boolean {
  const found = own[key];
  if (!Array.isArray(value) || !Array.isArray(found)) return canonical(found) === canonical(value);
  return value.every((item) =>
    found.some((other) =>
      isObject(item) && isObject(other)
        ? Object.entries(item).every(([name, part]) => canonical(other[name]) === canonical(part))
        : canonical(item) === canonical(other),
    ),
  );
}
