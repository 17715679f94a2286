import { expect, test } from "bun:test";

import { choicesOf } from "./choices.ts";

test("choices are those of the schema, with their type", () => {
  const plans: readonly ("business" | "enterprise" | "starter")[] = choicesOf("Tenant", "spec", "plan");
  expect(plans).toEqual(["business", "enterprise", "starter"]);
  expect(choicesOf("Cluster", "spec", "stores", "mode")).toEqual(["managed", "operator"]);
});

test("what is no enumeration offers no choice", () => {
  expect(() => choicesOf("Tenant", "spec", "displayName")).toThrow("no enumeration at spec.displayName");
});
