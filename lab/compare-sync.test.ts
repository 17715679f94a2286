import { expect, test } from "bun:test";

import type { Json } from "../scripts/lib/core/json.ts";
import { subsetDifferences } from "./compare-sync.ts";

test("what the server adds or leaves out is no difference", () => {
  const same: [ours: Json, live: Json][] = [
    [{ a: 1 }, { a: 1, added: true }],
    [{ off: false, none: 0, list: [], map: {}, gone: null }, {}],
    [{ cpu: "1000m" }, { cpu: "1" }],
    [{ cpu: 1 }, { cpu: "1" }],
    [{ metadata: { creationTimestamp: null } }, { metadata: { creationTimestamp: "2026-01-01T00:00:00Z" } }],
  ];
  for (const [ours, live] of same) expect([ours, subsetDifferences(ours, live, "")]).toEqual([ours, []]);
});

test("anything else is one, and a null of ours is no excuse for what is there", () => {
  const different: [ours: Json, live: Json, where: string][] = [
    [{ a: 1 }, { a: 2 }, ".a"],
    [{ a: 1 }, {}, ".a"],
    [{ a: true }, {}, ".a"],
    [{ a: null }, { a: "something" }, ".a"],
    [{ a: null }, { a: {} }, ".a"],
    [{ a: [null] }, { a: ["x"] }, ".a[0]"],
    [{ spec: { creationTimestamp: null } }, { spec: { creationTimestamp: "x" } }, ".spec.creationTimestamp"],
    [{ a: ["x"] }, { a: ["x", "y"] }, ".a"],
    [{ a: { b: 1 } }, { a: [] }, ".a"],
    [{ cpu: "1000m" }, { cpu: "2" }, ".cpu"],
    [{ cpu: 1 }, { cpu: "2" }, ".cpu"],
    [{ a: "1" }, { a: 1 }, ".a"],
  ];
  for (const [ours, live, where] of different)
    expect([ours, subsetDifferences(ours, live, "").map((text) => text.split(" is ")[0])]).toEqual([ours, [where]]);
});
