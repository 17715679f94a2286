import type { SchemaObject } from "ajv";

import { isObject, type Json, type JsonPath } from "../core/json.ts";
import { formatPath, type Violation } from "./violation.ts";

type Definitions = Readonly<Record<string, SchemaObject>>;

/** Where below a schema there are lists whose items are told apart by keys, or are a set. */
interface Plan {
  fields: [name: string, plan: Plan][];
  /** Of the items of a list, and of the values of a map. */
  each: Plan | undefined;
  /** The fields that make an item of this list one of its own, with their defaults. */
  keys: { name: string; default: Json | undefined }[] | undefined;
  isSet: boolean;
  hasLists: boolean;
}

/** Finds items that stand twice in a list that Kubernetes keys: server-side apply refuses such a list. */
export class KeyedLists {
  readonly #definitions: Definitions;
  readonly #plans = new Map<SchemaObject, Plan>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** Of an object of a definition. */
  duplicates(definition: string, object: Json): Violation[] {
    const schema = this.#definitions[definition];
    if (schema === undefined) return [];
    const found: Violation[] = [];
    walk(this.#plan(schema), object, [], found);
    return found;
  }

  #plan(schema: SchemaObject): Plan {
    const resolved = this.#resolve(schema);
    const known = this.#plans.get(resolved);
    if (known !== undefined) return known;
    const isSet = resolved["x-kubernetes-list-type"] === "set";
    const keys = this.#keys(resolved);
    // Known before it is complete: a definition may hold itself, and is then looked into wherever it stands.
    const plan: Plan = { fields: [], each: undefined, keys, isSet, hasLists: true };
    this.#plans.set(resolved, plan);
    for (const [name, field] of Object.entries(propertiesOf(resolved))) {
      const own = this.#plan(field);
      if (own.hasLists) plan.fields.push([name, own]);
    }
    for (const keyword of ["items", "additionalProperties"]) {
      const below = resolved[keyword] as unknown;
      const own = isObject(below) ? this.#plan(below) : undefined;
      if (own?.hasLists === true) plan.each = own;
    }
    plan.hasLists = isSet || keys !== undefined || plan.fields.length > 0 || plan.each !== undefined;
    return plan;
  }

  #keys(schema: SchemaObject): Plan["keys"] {
    const names = schema["x-kubernetes-list-map-keys"] as string[] | undefined;
    if (names === undefined) return undefined;
    const item = propertiesOf(this.#resolve(schema["items"] as SchemaObject));
    return names.map((name) => ({ name, default: item[name]?.["default"] as Json | undefined }));
  }

  #resolve(schema: SchemaObject): SchemaObject {
    const reference = schema["$ref"] as string | undefined;
    return reference === undefined ? schema : (this.#definitions[reference.replace("#/definitions/", "")] ?? {});
  }
}

function propertiesOf(schema: SchemaObject): Record<string, SchemaObject> {
  return (schema["properties"] as Record<string, SchemaObject> | undefined) ?? {};
}

function walk(plan: Plan, data: Json | undefined, path: JsonPath, found: Violation[]): void {
  if (Array.isArray(data)) {
    if (plan.keys !== undefined || plan.isSet) repeated(plan, data, path, found);
    if (plan.each !== undefined)
      for (const [index, item] of data.entries()) walk(plan.each, item, [...path, index], found);
  } else if (isObject(data)) {
    for (const [name, own] of plan.fields) if (data[name] !== undefined) walk(own, data[name], [...path, name], found);
    if (plan.each !== undefined)
      for (const [name, value] of Object.entries(data)) walk(plan.each, value, [...path, name], found);
  }
}

function repeated({ keys }: Plan, list: readonly Json[], path: JsonPath, found: Violation[]): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    if (keys !== undefined && !isObject(item)) continue;
    const parts = keys?.map(({ name, default: usual }): [string, unknown] => [name, (item as never)[name] ?? usual]);
    const key = JSON.stringify(parts?.map(([, value]) => value) ?? item);
    if (seen.has(key)) {
      const what =
        parts?.map(([name, value]) => `${name} ${JSON.stringify(value) ?? "nothing"}`).join(", ") ??
        JSON.stringify(item);
      const message = `${formatPath(path)} holds ${what} twice`;
      const fix = "keep one of them: server-side apply refuses a list with the same key twice";
      found.push({ path: [...path, index], at: "value", message, fix });
    }
    seen.add(key);
  }
}
