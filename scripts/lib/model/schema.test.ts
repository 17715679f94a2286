import { expect, test } from "bun:test";

import { compile } from "./schema.ts";

test("patterns that JavaScript does not know are each their own, in one schema as well", () => {
  const check = compile({
    type: "object",
    properties: {
      unit: { type: "string", pattern: "^((?i)h|m)$" },
      day: { type: "string", pattern: "^((?i)mon|tues)day$" },
    },
  });
  expect(check({ unit: "H", day: "Monday" })).toEqual([]);
  expect(check({ unit: "x", day: "Monday" }).map(({ path }) => path)).toEqual([["unit"]]);
  expect(check({ unit: "m", day: "H" }).map(({ path }) => path)).toEqual([["day"]]);
});
