/** What a part does not need is taken out of lists where it is, and nothing beside it. */
import { expect, test } from "bun:test";

import type { Finding } from "../core/finding.ts";
import type { Content } from "../repo/content.ts";
import { Sources } from "../repo/sources.ts";
import { Tree } from "../repo/tree.ts";
import { unusedChanges } from "./unused.ts";

const exceptions = `---
# Known.
spec:
  exceptions:
    - rule: one
      reason: stays
    - rule: two
      reason: goes
    - rule: three
      reason: goes too
`;
const external = `---
spec:
  cluster:
    - kind: StorageClass
      names:
        - default
        - standard
    - kind: Namespace
      names:
        - gone
  objects: []
`;
const tree = new Tree(
  Object.entries({
    "apps/exceptions.yaml": exceptions,
    "apps/external.yaml": external,
    "apps/unread.yaml": "a: 1\n",
  }).map(([file, text]) => [file, new TextEncoder().encode(text)]),
);
const content = { tree, sources: new Sources(tree) } as Content;
const finding = (rule: string, file: string, line: number, message: string, fix = "remove it") =>
  ({ rule, severity: "error", file, line, message, fix }) as Finding;

test("entries that nothing needs go, the last one of a list with the entry, and files that nothing reads", () => {
  const changes = unusedChanges(content, [
    finding("exception", "apps/exceptions.yaml", 7, "the exception for two excuses nothing"),
    finding("exception", "apps/exceptions.yaml", 9, "the exception for three excuses nothing"),
    finding("cluster-provides", "apps/external.yaml", 6, "every cluster that needs the StorageClass default has it"),
    finding("cluster-provides", "apps/external.yaml", 10, "every cluster that needs the Namespace gone has it"),
    finding("orphan-file", "apps/unread.yaml", 1, "is read by no Application"),
  ]);
  const after = new Map(changes.map((change) => [change.path, change.content]));
  expect(after.get("apps/unread.yaml")).toBeNull();
  expect(after.get("apps/exceptions.yaml")).toBe(exceptions.slice(0, exceptions.indexOf("    - rule: two")));
  expect(after.get("apps/external.yaml")).toBe(
    "---\nspec:\n  cluster:\n    - kind: StorageClass\n      names:\n        - standard\n  objects: []\n",
  );
});

test("where nothing is left of the exceptions the file goes; what rules say of anything else changes nothing", () => {
  const all = [5, 7, 9].map((line) => finding("exception", "apps/exceptions.yaml", line, "it excuses nothing"));
  expect(unusedChanges(content, all)).toEqual([{ path: "apps/exceptions.yaml", content: null }]);
  expect(
    unusedChanges(content, [
      finding("exception", "apps/exceptions.yaml", 5, "the exception for one expired", "mend what it excused"),
    ]),
  ).toEqual([]);
  expect(unusedChanges(content, [finding("image-digest", "apps/external.yaml", 6, "is not pinned", "pin it")])).toEqual(
    [],
  );
});
