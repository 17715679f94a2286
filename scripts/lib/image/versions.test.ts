/** B-16: which tags are versions, which is newer, and what no guess is made about. */
import { describe, expect, test } from "bun:test";

import fc from "fast-check";
import { compare } from "semver";

import { compareTags, latestTag, tagProblem } from "./versions.ts";

const builds = "^main-([0-9]{12})-[0-9a-f]{7,40}$";
const strict = { prereleases: "forbidden" } as const;
const loose = { prereleases: "allowed", tags: builds } as const;

describe("B-16: a tag that may not run says why", () => {
  test.each([
    ["latest", strict, "is not a version"],
    ["1234e56", strict, "is not a version"],
    ["v1.2", strict, "is not a version"],
    ["V1.2.3", strict, "is not a version"],
    [" v1.2.3", strict, "is not a version"],
    ["v01.2.3", strict, "is not a version"],
    ["v1.2.3-rc.1", strict, "is a prerelease"],
    ["main-202611231000-abcdef1", strict, "is not a version"],
    ["main-20261123-abcdef1", loose, "does not match the tags of here"],
  ] as const)("%s", (tag, rule, says) => {
    expect(tagProblem(tag, "here", rule)).toContain(says);
  });
  test.each([
    ["v1.2.3", strict],
    ["1.2.3", strict],
    ["v1.2.3-rc.1", loose],
    ["main-202611231000-abcdef1", loose],
  ] as const)("%s may", (tag, rule) => expect(tagProblem(tag, "here", rule)).toBeUndefined());
});

test("which is newer: versions by semver, builds by their time, others by nothing", () => {
  expect(compareTags("v1.2.10", "v1.2.9", undefined)).toBe(1);
  expect(compareTags("v1.2.3-rc.1", "v1.2.3", undefined)).toBe(-1);
  expect(compareTags("main-202611231000-aaaaaaa", "main-202611230959-bbbbbbb", builds)).toBe(1);
  expect(compareTags("main-202611231000-aaaaaaa", "v1.2.3", builds)).toBeUndefined();
  // As numbers: as text, 10 comes before 9.
  expect(compareTags("build-10", "build-9", "^build-([0-9]+)$")).toBe(1);
  expect(compareTags("build-9", "build-10", "^build-([0-9]+)$")).toBe(-1);
  expect(compareTags("nightly", "weekly", undefined)).toBeUndefined();
});

test("the newest that a range takes is the newest of those that may run", () => {
  const version = fc
    .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.option(fc.nat(2)))
    .map(([a, b, c, rc]) => `v${a}.${b}.${c}${rc === null ? "" : `-rc.${rc}`}`);
  fc.assert(
    fc.property(fc.array(fc.oneof(version, fc.constantFrom("latest", "sha-1", "v1")), { maxLength: 12 }), (tags) => {
      const found = latestTag(tags, "^1", "prod", strict);
      const allowed = tags.filter((tag) => /^v1\.\d+\.\d+$/.test(tag));
      expect(found === undefined).toBe(allowed.length === 0);
      for (const tag of allowed) expect(compare(found!, tag)).not.toBe(-1);
    }),
    { seed: 7, numRuns: 500 },
  );
});
