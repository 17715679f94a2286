import { at, isObject, type Json, type JsonObject } from "../core/json.ts";

/** A template that our expansion and Argo CD's could read differently, or that asks for what is not there. */
export class TemplateError extends Error {}

const action = /\{\{(.*?)\}\}/gs;
const field = /^(\.[A-Za-z_]\w*)+$/;
const indexed = /^index ((?:\.[A-Za-z_]\w*)+) (\d+|"[^"\\]*")$/;

/**
 * Fills a Go template made of field paths and `index` only, with `missingkey=error`. Anything else (functions, pipes,
 * conditions, whitespace trimming) is refused: what is offered here means the same to Argo CD by construction.
 */
export function fill(template: string, parameters: JsonObject): string {
  const filled = template.replace(action, (whole, expression: string) =>
    evaluate(whole, expression.trim(), parameters),
  );
  const rest = template.replace(action, "");
  if (rest.includes("{{") || rest.includes("}}")) throw new TemplateError(`${template} has braces that do not match`);
  return filled;
}

function evaluate(whole: string, expression: string, parameters: JsonObject): string {
  let path: (string | number)[];
  const call = indexed.exec(expression);
  if (field.test(expression)) path = expression.slice(1).split(".");
  else if (call !== null) path = [...call[1]!.slice(1).split("."), JSON.parse(call[2]!) as string | number];
  else throw new TemplateError(`${whole} is more than a field path or an index into one`);
  const value = at(parameters, ...path);
  if (value === undefined) {
    const parent = path.length === 1 ? parameters : at(parameters, ...path.slice(0, -1));
    const there = isObject(parent) ? `; there is ${Object.keys(parent).toSorted().join(", ")}` : "";
    throw new TemplateError(`${whole} names nothing${there}`);
  }
  if (typeof value !== "string") throw new TemplateError(`${whole} is not text`);
  return value;
}

/** Fills every string of a value. Keys are left alone and must hold no template. */
export function fillAll(value: Json, parameters: JsonObject): Json {
  if (typeof value === "string") return fill(value, parameters);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, parameters));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key.includes("{{")) throw new TemplateError(`the key ${key} holds a template; only values may`);
      return [key, fillAll(item, parameters)];
    }),
  );
}
