import type { ErrorObject } from "ajv";

import { at, type JsonPath } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";

/** One way in which data breaks its schema, for people. */
export interface Violation {
  /** Where; for an unknown key the path ends in that key. */
  path: JsonPath;
  /** Whether the key at the path is wrong, rather than its value. */
  at: "key" | "value";
  message: string;
  fix: string;
}

/** What to do about a null that nobody meant: quotes would make a word of it. */
export const removeLine = "remove the line";

/** Keywords that only gather what others already said. */
const gathering = new Set(["if", "oneOf", "anyOf", "allOf", "propertyNames"]);

/** Turns ajv's errors into sentences: the path, the value found, what is allowed, and what was probably meant. */
export function violations(errors: readonly ErrorObject[], data: unknown): Violation[] {
  const specific = errors.filter(({ keyword }) => !gathering.has(keyword));
  const chosen = specific.length > 0 ? specific : errors;
  const described = chosen.map((error) => describe(error, data));
  return [...new Map(described.map((item) => [`${item.path.join(".")} ${item.message}`, item])).values()];
}

function describe(error: ErrorObject, data: unknown): Violation {
  const path = pathOf(error.instancePath, data);
  if (error.propertyName !== undefined) {
    const own = error.propertyName;
    const means = error.parentSchema?.["x-means"] as string | undefined;
    const about = error.parentSchema?.["description"] as string | undefined;
    const must = error.keyword === "pattern" ? `It has to match ${String(error.params["pattern"])}` : error.message;
    const fix = means ?? example(error) ?? [about, must].filter((part) => part !== undefined).join(" ");
    return { path: [...path, own], at: "key", message: `${formatPath(path)} has the key ${quote(own)}`, fix };
  }
  const name = formatPath(path);
  const found = quote(at(data, ...path));
  const value = (message: string, fix: string): Violation => ({ path, at: "value", message, fix });
  switch (error.keyword) {
    case "additionalProperties": {
      const key = error.params["additionalProperty"] as string;
      const known = Object.keys((error.parentSchema?.["properties"] as object | undefined) ?? {});
      const meant = suggest(key, known);
      const options =
        known.length === 0 ? "nothing is" : `${known.toSorted().join(", ")} ${known.length === 1 ? "is" : "are"}`;
      const fix = meant === undefined ? `remove it; ${options} allowed there` : `did you mean ${meant}?`;
      return { path: [...path, key], at: "key", message: `${formatPath([...path, key])} is not a field`, fix };
    }
    case "required": {
      const key = error.params["missingProperty"] as string;
      return { path, at: "key", message: `${name} lacks ${key}`, fix: `add ${key}` };
    }
    case "const":
      return value(`${name} is ${found}`, `write ${quote(error.params["allowedValue"])}`);
    case "enum": {
      const allowed = (error.params["allowedValues"] as unknown[]).map((item) => String(item));
      const meant = suggest(plain(at(data, ...path)), allowed);
      return value(
        `${name} is ${found}`,
        `${meant === undefined ? "use" : `did you mean ${meant}? It is`} one of ${allowed.join(", ")}`,
      );
    }
    case "type": {
      const wanted = [error.params["type"] as string | string[]].flat().join(" or ");
      if (at(data, ...path) === null) return value(`${name} is null, which is not ${article(wanted)}`, removeLine);
      const text = plain(at(data, ...path));
      const pattern = error.parentSchema?.["pattern"] as string | undefined;
      const isEnough = pattern === undefined || !isScalar(at(data, ...path)) || new RegExp(pattern).test(text);
      const quoted = isEnough ? `put it in quotes: ${quote(text)}` : (example(error) ?? `put it in quotes`);
      const fix = wanted === "string" ? quoted : `write ${article(wanted)}`;
      return value(`${name} is ${found}, which is not ${article(wanted)}`, fix);
    }
    case "pattern": {
      const about = error.parentSchema?.["description"] as string | undefined;
      const how = (error.parentSchema?.["x-means"] as string | undefined) ?? example(error);
      const fix = how ?? `it has to match ${String(error.params["pattern"])}`;
      return value(`${name} is ${found}`, about === undefined ? fix : `${fix} (${about.replace(/\.$/, "")})`);
    }
    case "false schema":
      return { path, at: "key", message: `${name} is not allowed here`, fix: "remove it" };
    case "not": {
      const about = error.parentSchema?.["description"] as string | undefined;
      return value(`${name} is ${found}, which is not allowed`, example(error) ?? about ?? "use another value");
    }
    default:
      return value(`${name} is ${found}: ${error.message ?? error.keyword}`, "correct the value");
  }
}

/** What a schema gives as an example, as a sentence. */
function example(error: ErrorObject): string | undefined {
  const [first] = (error.parentSchema?.["examples"] as unknown[] | undefined) ?? [];
  return first === undefined ? undefined : `write it like ${plain(first)}`;
}

function pathOf(pointer: string, data: unknown): JsonPath {
  const path: (string | number)[] = [];
  for (const part of pointer.split("/").slice(1)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(at(data, ...path)) ? Number(key) : key);
  }
  return path;
}

/** "spec.cidrs.pods", "spec.containers[0].name"; "the document" for the whole. */
export function formatPath(path: JsonPath): string {
  if (path.length === 0) return "the document";
  const text = path.map((key) =>
    typeof key === "number" ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`,
  );
  return text.join("").replace(/^\./, "");
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

const isScalar = (value: unknown) => ["number", "boolean"].includes(typeof value);

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : quote(value);
}
