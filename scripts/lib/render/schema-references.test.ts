import { expect, test } from "bun:test";

import { Tree } from "../repo/tree.ts";
import { checkSchemaReferences } from "./schema-references.ts";

const check = (schema: string) => () => {
  const file = "chart/charts/sub/values.schema.json";
  checkSchemaReferences([file], new Tree([[file, new TextEncoder().encode(schema)]]));
};

test.each([
  ['{"$ref": "http://attacker.example/schema.json"}', "http://attacker.example/schema.json"],
  ['{"properties": {"a": {"\\u0024ref": "file:///etc/passwd"}}}', "file:///etc/passwd"],
  ['{"allOf": [{"$dynamicRef": "other.json#/a"}]}', "other.json"],
  ['{"$schema": "https://attacker.example/draft"}', "https://attacker.example/draft"],
])("%s is refused", (schema, says) => expect(check(schema)).toThrow(says));

test.each([
  '{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a", "definitions": {"a": {}}}',
  '{"properties": {"$ref": {"type": "string"}}}',
  "not JSON",
])("%s is not", (schema) => expect(check(schema)).not.toThrow());
