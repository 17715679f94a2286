import { describe, expect, test } from "bun:test";

import { other, ownNames } from "../../../tests/support/company.ts";
import { checkout } from "../../../tests/support/fleet.ts";
import { trackedFiles } from "../io/checkout.ts";
import { linesWith, type Names, renamer } from "./names.ts";
import { adopted, textOf } from "./plan.ts";

const from: Names = {
  displayName: "Acorn 24",
  organisation: "acorn24",
  repository: "gitops",
  domain: "acorn24.test",
  mail: "acorn24.test",
  registry: "registry.acorn24.test",
  apiGroup: "gitops.acorn24.test",
  labelPrefix: "acorn24.test",
  namespace: "acorn",
};
const to: Names = {
  displayName: "Birch acorn24",
  organisation: "birch-org",
  repository: "fleet",
  domain: "birch.test",
  mail: "mail.test",
  registry: "images.test",
  apiGroup: "api.test",
  labelPrefix: "label.test",
  namespace: "birches",
};

describe("each name by what it is for", () => {
  const rename = renamer(from, to);
  test.each([
    ["apiVersion: gitops.acorn24.test/v1", "apiVersion: api.test/v1"],
    ["image: registry.acorn24.test/acorn24/desk:v1", "image: images.test/birch-org/desk:v1"],
    ["oncall@acorn24.test, @acorn24/platform", "oncall@mail.test, @birch-org/platform"],
    ["acorn24.test/tenant: a", "label.test/tenant: a"],
    ["calls.acorn24.test/desk", "calls.label.test/desk"],
    ["metadata.labels.[acorn24.test/tenant]", "metadata.labels.[label.test/tenant]"],
    ["path: /metadata/labels/acorn24.test~1tenant", "path: /metadata/labels/label.test~1tenant"],
    [String.raw`/^ +acorn24\.test\/tenant:/`, String.raw`/^ +label\.test\/tenant:/`],
    [String.raw`/acorn24.test\/tenant:/`, String.raw`/label.test\/tenant:/`],
    ["https://sso.acorn24.test/token, https://acorn24.test/", "https://sso.birch.test/token, https://birch.test/"],
    ["eu1.internal.acorn24.test", "eu1.internal.birch.test"],
    [String.raw`"https:\\/\\/registry\\.acorn24\\.test\\/a"`, String.raw`"https:\\/\\/images\\.test\\/a"`],
    ["git@github.com:acorn24/gitops.git", "git@github.com:birch-org/fleet.git"],
    ["gitops of acorn24/gitops-old", "gitops of birch-org/fleet-old"],
    ["acorn-standard, acorn_admin, /etc/acorn", "birches-standard, birches_admin, /etc/birches"],
    [String.raw`"a:\nacorn24.test/b\nacorn"`, String.raw`"a:\nlabel.test/b\nbirches"`],
    // Nothing new is taken for something old.
    ["Acorn 24 acorn24", "Birch acorn24 birch-org"],
  ])("%s", (before, after) => expect(rename(before)).toBe(after));

  test.each(["acorns", "unacorn", "myacorn24.test", "acorn240", "gitops", "Acorn 240"])("%s is none", (text) =>
    expect(rename(text)).toBe(text),
  );

  test("where one is left in another form, it is found", () => {
    expect(linesWith("a\nACORN_HOME=Acorn24\nacorns", ["acorn", "acorn24"])).toEqual([
      { line: 2, name: "acorn" },
      { line: 2, name: "acorn24" },
    ]);
  });
});

test("every file of this repository is another company's, and back its own, byte for byte", async () => {
  const own = await ownNames();
  const before = new Map((await trackedFiles(checkout)).map(({ path, bytes }) => [path, bytes]));
  const nothing = { changes: [], stand: new Map() };
  const there = adopted(before, nothing, own, other);
  const left = [...there].flatMap(([path, bytes]) =>
    linesWith(`${path}\n${textOf(bytes) ?? ""}`, [own.organisation, own.namespace, own.domain, own.displayName]).map(
      ({ line }) => `${path}:${line - 1}`,
    ),
  );
  expect(left).toEqual([]);
  const back = adopted(there, nothing, other, own);
  expect([...back.keys()]).toEqual([...before.keys()]);
  expect([...back].flatMap(([path, bytes]) => (Buffer.compare(bytes, before.get(path)!) === 0 ? [] : [path]))).toEqual(
    [],
  );
});
