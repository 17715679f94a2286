import type { SchemaObject } from "ajv";

import { isObject } from "../core/json.ts";
import { regExp } from "./patterns.ts";

/** How a reference inside a schema is resolved. */
export type Resolve = (reference: string) => SchemaObject | undefined;

type Test = (data: unknown) => boolean;
type Keyword = (value: never, schema: SchemaObject, test: (schema: unknown) => Test) => Test;

/** A schema says what is not known here: the compiler has to read it. */
class Unknown extends Error {}

/**
 * Whether data keeps to a schema, without compiling it: nearly all data does, and compiling takes a thousand times as long. No
 * says also what is not known here; the compiler decides then, and says why.
 */
export function acceptance(schema: SchemaObject, resolve: Resolve): Test {
  const tests = new WeakMap<object, Test>();
  const accepts = testOf(schema);
  return (data) => {
    try {
      return accepts(data);
    } catch (error) {
      if (error instanceof Unknown) return false;
      throw error;
    }
  };

  function testOf(own: unknown): Test {
    if (typeof own === "boolean") return () => own;
    if (!isObject(own)) throw new Unknown();
    let test = tests.get(own);
    if (test === undefined) tests.set(own, (test = read(own)));
    return test;
  }

  /** Read when the first data comes: of the hundreds of fields of a kind an object has a dozen, and kinds refer to themselves. */
  function read(own: SchemaObject): Test {
    let parts: Test[] | undefined;
    return (data) => {
      parts ??= partsOf(own);
      for (const part of parts) if (!part(data)) return false;
      return true;
    };
  }

  function partsOf(own: SchemaObject): Test[] {
    return Object.entries(own).flatMap(([name, value]) => {
      if (annotations.has(name) || name.startsWith("x-")) return [];
      if (name === "$ref") return [testOf(resolve(value as string))];
      if (!Object.hasOwn(keywords, name)) throw new Unknown();
      return [keywords[name]!(value as never, own, testOf)];
    });
  }
}

/** Where a reference leads in the document that holds it. */
export function inDocument(document: SchemaObject): Resolve {
  return (reference) => {
    const [start, ...names] = reference.split("/");
    let found: unknown = start === "#" ? document : undefined;
    for (const name of names) found = isObject(found) ? found[name] : undefined;
    return found as SchemaObject | undefined;
  };
}

/** They judge nothing. */
const annotations: ReadonlySet<string> = new Set([
  "$comment",
  "$id",
  "$schema",
  "default",
  "definitions",
  "description",
  "examples",
  "title",
  // Read with if, and with properties.
  "else",
  "then",
]);

/** Formats that any data has, as schema.ts adds them. */
export const openFormats = ["int32", "int64", "double", "float", "byte", "int-or-string"];

const types: Readonly<Record<string, Test>> = {
  array: (data) => Array.isArray(data),
  boolean: (data) => typeof data === "boolean",
  integer: (data) => Number.isInteger(data),
  null: (data) => data === null,
  number: (data) => Number.isFinite(data),
  object: (data) => isObject(data),
  string: (data) => typeof data === "string",
};

const ofNumbers =
  (test: (data: number) => boolean): Test =>
  (data) =>
    !Number.isFinite(data) || test(data as number);
const ofTexts =
  (test: (data: string) => boolean): Test =>
  (data) =>
    typeof data !== "string" || test(data);
const ofLists =
  (test: (data: unknown[]) => boolean): Test =>
  (data) =>
    !Array.isArray(data) || test(data);
const ofObjects =
  (test: (data: Record<string, unknown>) => boolean): Test =>
  (data) =>
    !isObject(data) || test(data);

const isOneOf = (values: readonly unknown[]): Test => {
  // What is equal without being the same only the compiler tells.
  if (values.some((value) => typeof value === "object" && value !== null)) throw new Unknown();
  return (data) => values.includes(data);
};

/** Characters, and not the halves that JavaScript makes of some. */
const lengthOf = (text: string) => Array.from(text).length;

const keywords: Readonly<Record<string, Keyword>> = {
  type: (value: string | string[]) => {
    const any = [value].flat().map((name) => types[name]);
    return (data) => any.some((test) => test?.(data) === true);
  },
  const: (value: unknown) => isOneOf([value]),
  enum: (values: unknown[]) => isOneOf(values),

  minimum: (least: number) => ofNumbers((data) => data >= least),
  maximum: (most: number) => ofNumbers((data) => data <= most),

  minLength: (least: number) => ofTexts((data) => lengthOf(data) >= least),
  maxLength: (most: number) => ofTexts((data) => lengthOf(data) <= most),
  pattern: (pattern: string) => {
    const expression = regExp(pattern, "u");
    return ofTexts((data) => expression.test(data));
  },
  format: (name: string) => {
    if (!openFormats.includes(name)) throw new Unknown();
    return () => true;
  },

  minItems: (least: number) => ofLists((data) => data.length >= least),
  maxItems: (most: number) => ofLists((data) => data.length <= most),
  items: (schema: unknown, _own, test) => {
    const item = test(schema);
    return ofLists((data) => data.every(item));
  },
  contains: (schema: unknown, _own, test) => {
    const item = test(schema);
    return ofLists((data) => data.some(item));
  },

  minProperties: (least: number) => ofObjects((data) => Object.keys(data).length >= least),
  maxProperties: (most: number) => ofObjects((data) => Object.keys(data).length <= most),
  required: (names: string[]) => ofObjects((data) => names.every((name) => data[name] !== undefined)),
  propertyNames: (schema: unknown, _own, test) => {
    const ofName = test(schema);
    return ofObjects((data) => Object.keys(data).every(ofName));
  },
  properties: (schemas: Record<string, unknown>, _own, test) => {
    const known = Object.entries(schemas).map(([name, schema]) => [name, test(schema)] as const);
    return ofObjects((data) => known.every(([name, accepts]) => data[name] === undefined || accepts(data[name])));
  },
  additionalProperties: (schema: unknown, { properties = {} }, test) => {
    const known = properties as object;
    const accepts = test(schema);
    return ofObjects((data) => Object.keys(data).every((name) => Object.hasOwn(known, name) || accepts(data[name])));
  },

  allOf: (schemas: unknown[], _own, test) => {
    const all = schemas.map(test);
    return (data) => all.every((accepts) => accepts(data));
  },
  anyOf: (schemas: unknown[], _own, test) => {
    const any = schemas.map(test);
    return (data) => any.some((accepts) => accepts(data));
  },
  oneOf: (schemas: unknown[], _own, test) => {
    const all = schemas.map(test);
    return (data) => all.filter((accepts) => accepts(data)).length === 1;
  },
  not: (schema: unknown, _own, test) => {
    const accepts = test(schema);
    return (data) => !accepts(data);
  },
  if: (schema: unknown, { then: yes = true, else: no = true }, test) => {
    const [accepts, isThen, isElse] = [schema, yes, no].map(test) as [Test, Test, Test];
    return (data) => (accepts(data) ? isThen(data) : isElse(data));
  },
};
