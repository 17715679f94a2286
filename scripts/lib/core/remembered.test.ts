import { expect, test } from "bun:test";

import { remembered } from "./remembered.ts";

test("each text is worked out once, also where the answer is undefined, until there are too many", () => {
  const asked: string[] = [];
  const answer = remembered((text) => {
    asked.push(text);
    return text === "nothing" ? undefined : text.length;
  }, 2);
  expect(["a", "nothing", "a", "nothing"].map(answer)).toEqual([1, undefined, 1, undefined]);
  expect(asked).toEqual(["a", "nothing"]);
  expect(["abc", "a"].map(answer)).toEqual([3, 1]);
  expect(asked).toEqual(["a", "nothing", "abc", "a"]);
});
