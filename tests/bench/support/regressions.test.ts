import { expect, test } from "bun:test";

import { regressions } from "./regressions.ts";

const table = (ratio: string) =>
  `Text.\n\n| fleet | run  | loop / whole |\n| ----- | ---- | -----------: |\n| 100   | cold | ${ratio} |\n| 100   | warm |  |\n\n| other |\n| --- |\n| 1 |\n`;

test("a ratio that falls far short of the recorded one is said, one that wavers is not", () => {
  expect(regressions(table("10.0"), table("5.9"), "loop / whole")).toEqual([
    "100, cold: loop / whole is 5.9, recorded is 10 (docs/benchmarks.md)",
  ]);
  expect(regressions(table("10.0"), table("6.1"), "loop / whole")).toEqual([]);
  expect(regressions("", table("1"), "loop / whole")).toEqual([]);
});
