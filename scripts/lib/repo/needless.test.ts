import { expect, test } from "bun:test";

import { externalFile } from "./layout.ts";
import { needlessLines, withoutEntries } from "./needless.ts";

const text = `---
spec:
  # What a cluster has.
  cluster:
    - kind: StorageClass
      names:
        - default
        - standard
      reason: kind brings it
    - kind: Namespace
      names:
        - redis
      reason: comes later # one day
  exceptions:
    - rule: a
      reason: why
    - rule: b
      reason: why
`;

test.each<[what: string, lines: number[], gone: RegExp]>([
  ["one name of two", [7], /^ {8}- default\n/m],
  ["both, and with them the entry", [7, 8], / {4}- kind: StorageClass\n[^]*brings it\n/],
  ["the only one", [12], / {4}- kind: Namespace\n[^]*one day\n/],
  ["an entry without a list", [15], / {4}- rule: a\n.*\n/],
])("%s goes, and all else stays as it is", (_what, lines, gone) =>
  expect(withoutEntries(text, lines)).toBe(text.replace(gone, "")),
);

test("only entries about what is there no more are taken out, and only where they are kept", () => {
  const found = (file: string, fix: string) => ({ file, line: 3, fix });
  expect([...needlessLines([found(externalFile, "remove the entry"), found(externalFile, "correct it")])]).toEqual([
    [externalFile, [3]],
  ]);
  expect([...needlessLines([found("apps/metrics.yaml", "remove it")])]).toEqual([]);
});
