/** Where the quick reading of a schema says yes, the compiled one does: all that it is asked for besides is who decides. */
import { describe, expect, test } from "bun:test";

import type { SchemaObject } from "ajv";

import { mutate, randomFrom } from "../../../lab/mutate.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { full } from "../../../tests/support/repository.ts";
import { sampleValidation } from "../../../tests/support/sample.ts";
import { type JsonObject, stringAt } from "../core/json.ts";
import { readContracts, readKubernetes } from "../io/schemas.ts";
import { acceptance, inDocument } from "./acceptance.ts";
import { refine } from "./refine.ts";
import { newAjv, whenNeeded } from "./schema.ts";

/** As text: an object with a key then looks like a promise. */
const parsed = (text: string) => JSON.parse(text) as SchemaObject;
const small = { type: "integer", maximum: 3 };
const schemas: Record<string, SchemaObject> = {
  types: { type: "object", properties: { a: { type: ["integer", "null"] }, b: { type: "number" } } },
  everyType: { anyOf: ["array", "boolean", "integer", "null", "number", "object", "string"].map((type) => ({ type })) },
  text: { type: "string", minLength: 2, maxLength: 3 },
  anyText: { minLength: 2, maxLength: 3, pattern: "^[^a]" },
  go: { pattern: "^((?i)h|m)$" },
  number: { minimum: 1, maximum: 2 },
  open: { format: "int32" },
  one: { const: "a" },
  none: { const: null },
  some: { enum: ["a", 1, true, null] },
  list: { minItems: 1, maxItems: 2, items: small },
  holds: { contains: { const: "a" } },
  closed: { properties: { a: small, toString: small }, additionalProperties: false },
  others: { properties: { a: small }, additionalProperties: { type: "string" } },
  noProperties: { type: "object", additionalProperties: false },
  needs: { required: ["a", "b"] },
  names: { propertyNames: { pattern: "^[ab]$" } },
  count: { minProperties: 1, maxProperties: 1 },
  all: { allOf: [{ type: "string" }, { minLength: 2 }] },
  exactly: { oneOf: [{ minimum: 1 }, { maximum: 1 }] },
  not: { not: { type: "string" } },
  if: parsed('{ "if": { "type": "string" }, "then": { "minLength": 2 }, "else": { "type": "array" } }'),
  onlyThen: parsed('{ "if": { "type": "string" }, "then": { "minLength": 2 } }'),
  thenAlone: parsed('{ "then": { "minLength": 2 } }'),
  refers: { $ref: "#/definitions/small", minimum: 2, definitions: { small } },
  itself: { $ref: "#/definitions/tree", definitions: { tree: { items: { $ref: "#/definitions/tree" } } } },
  annotated: { title: "a", description: "b", default: 1, "x-means": "c", type: "string" },
  never: { properties: { a: false } },
};
const values: unknown[] = [
  [undefined, null, true, false, 0, 1, 2, 3, 4, 1.5, -1, 1e21, "", "a", "b", "ab", "abc", "😀", "😀😀", "H"],
  [[], [1], [1, 2], [1, 2, 3], ["a"], [4], [[], [[]]]],
  [{}, { a: 1 }, { a: null }, { a: "a" }, { b: 1.5 }, { b: "b" }, { a: 1, b: 2 }, { c: 1 }, { a: 4, b: "b" }],
].flat();
/** What it does not know: the compiler is asked. */
const unknown: Record<string, SchemaObject> = {
  keyword: { uniqueItems: true },
  format: { format: "date-time" },
  value: { const: { a: 1 } },
  tuple: { items: [{ type: "string" }] },
  place: { $ref: "#/definitions/nowhere" },
};

describe("by keywords", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    test(name, () => {
      const accepts = acceptance(schema, inDocument(schema));
      const validate = newAjv().compile(schema);
      for (const value of values) expect([value, accepts(value)]).toEqual([value, validate(value)]);
    });
  }

  test.each(Object.entries(unknown))("what is not known of a %s it leaves to the compiler", (_name, schema) => {
    const accepts = acceptance(schema, inDocument(schema));
    expect([[1], ["a"], "a", { a: 1 }].map(accepts)).not.toContain(true);
  });

  test("a schema is compiled once, and only when something may break it", () => {
    let compiled = 0;
    const check = whenNeeded(small, inDocument(small), () => {
      compiled++;
      return () => [{ path: [], at: "value", message: "is wrong", fix: "correct it" }];
    });
    expect([check(1), compiled]).toEqual([[], 0]);
    expect([check(4).length, check(5).length, compiled]).toEqual([1, 1, 1]);
  });
});

test("objects of a fleet, and mutations of them", async () => {
  const { fleet } = await sampleValidation([cluster.shared]);
  const definitions = refine((await readKubernetes("1.36")).definitions);
  const { resources } = await readKubernetes("1.36");
  const ajv = newAjv({ validateSchema: false }).addSchema({ definitions }, "kubernetes");
  const judges = new Map<string, { accepts: (data: unknown) => boolean; validate: (data: unknown) => unknown }>();
  const whole = { definitions };
  for (const { group, version, kind, definition } of resources) {
    const accepts = acceptance({ $ref: `#/definitions/${definition}` }, inDocument(whole));
    const validate = (data: unknown) => ajv.getSchema(`kubernetes#/definitions/${definition}`)!(data);
    judges.set(`${group === "" ? version : `${group}/${version}`} ${kind}`, { accepts, validate });
  }
  for (const contract of await readContracts()) {
    const accepts = acceptance(contract, inDocument(contract));
    const validate = (data: unknown) => ajv.validate(contract, data);
    judges.set(`${contract.properties.apiVersion.const} ${contract.properties.kind.const}`, { accepts, validate });
  }
  const random = randomFrom(20_261_128);
  const said = { kept: 0, broken: 0 };
  const ask = (object: JsonObject, what: string) => {
    const judge = judges.get(`${stringAt(object, "apiVersion")} ${stringAt(object, "kind")}`);
    if (judge === undefined) return;
    const isKept = judge.validate(object) === true;
    said[isKept ? "kept" : "broken"]++;
    expect([what, object, judge.accepts(object)]).toEqual([what, object, isKept]);
  };
  for (const { objects } of fleet.applications)
    for (const { raw } of objects) {
      ask(raw, "as it is");
      for (let count = 0; count < (full ? 200 : 2); count++) {
        const { object, what } = mutate(raw, random);
        ask(object, what);
      }
    }
  expect(said.kept).toBeGreaterThan(100);
  expect(said.broken).toBeGreaterThan(100);
});
