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
      const fix =
        wanted === "string" ? `put it in quotes: ${quote(plain(at(data, ...path)))}` : `write ${article(wanted)}`;
      return value(`${name} is ${found}, which is not ${article(wanted)}`, fix);
    }
    case "pattern": {
      const about = error.parentSchema?.["description"] as string | undefined;
      const must = `${about === undefined ? "" : `${about} `}It has to match ${String(error.params["pattern"])}`;
      // A pattern that was written to be read has its meaning beside it.
      const fix = (error.parentSchema?.["x-means"] as string | undefined) ?? must;
      const key = error.propertyName;
      if (key === undefined) return value(`${name} is ${found}`, fix);
      return { path: [...path, key], at: "key", message: `${name} has the key ${quote(key)}`, fix };
    }
    case "false schema":
      return { path, at: "key", message: `${name} is not allowed here`, fix: "remove it" };
    case "not": {
      const about = error.parentSchema?.["description"] as string | undefined;
      return value(`${name} is ${found}, which is not allowed`, about ?? "use another value");
    }
    default:
      return value(`${name} is ${found}: ${error.message ?? error.keyword}`, "correct the value");
  }
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

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : quote(value);
}
