/** What may not be said in a part: names of others where names stand, and what identifies them. */
import { describe, expect, test } from "bun:test";

import type { Documents } from "../repo/documents.ts";
import { foreignTo, leaksIn } from "./foreign.ts";

const located = (spec: object) => ({ file: "", document: { spec } });
const documents = {
  clusters: new Map([
    ["prod-own", located({ domain: "own.example.com", cidrs: { nodes: "10.1.0.0/16", pods: "10.9.0.0/16" } })],
    [
      "prod-other",
      located({ domain: "other.example.com", cidrs: { nodes: "10.2.0.0/16", pods: "10.9.0.0/16" }, region: "eu" }),
    ],
  ]),
  tenants: new Map([
    [
      "solid",
      located({ displayName: "Solid Works", contacts: { technical: "it@solid.example" }, owners: ["@team/solid"] }),
    ],
  ]),
  retirements: new Map([["prod-before", located({ domain: "before.example.com" })]]),
  tombstones: new Map([["gone-one", located({})]]),
} as unknown as Documents;
const part = { clusters: ["prod-own"], tenants: [], environments: ["prod"] };

const leaks = (text: string, file = "clusters/prod-own/values.yaml") => {
  const files = new Map([
    [file, text],
    ["apps/charts/service/values.yaml", "host: shared.example.com\n"],
  ]);
  return leaksIn(files, foreignTo(part, documents, files));
};

describe("found is", () => {
  test.each([
    ["# as on prod-other", "says prod-other"],
    ["namespace: tenant-solid", "says solid"],
    ["owner: solid", "says solid"],
    ["- solid", "says solid"],
    ["path: tenants/solid/facts", "says solid"],
    ["by: '@team/solid'", "says solid"],
    ["# Solid Works wants it", "says Solid Works"],
    ["mail: it@solid.example", "says it@solid.example"],
    ["host: other.example.com", "says other.example.com"],
    ["cidr: 10.2.0.0/16", "says 10.2.0.0/16"],
    ["# gone-one left", "says gone-one"],
    ["# prod-before stood here", "says prod-before"],
    ["host: before.example.com", "says before.example.com"],
  ])("%s", (text, why) =>
    expect(leaks(`first: 1\n${text}\n`).join()).toContain(`clusters/prod-own/values.yaml:2: ${why}`),
  );

  test("a file at a place of theirs", () => {
    expect(leaks("", "clusters/prod-own/grants/solid/hosts.yaml").join()).toContain("lies at a place named solid");
  });
});

describe("not found is", () => {
  test.each([
    ["a word of the language", "# it stands on solid ground"],
    ["a longer name", "# prod-other-site and aprod-other"],
    ["what both have", "cidr: 10.9.0.0/16"],
    ["a longer host", "host: another.example.com"],
    ["what is no name of anybody", "region: eu"],
  ])("%s", (_what, text) => expect(leaks(`${text}\n`)).toEqual([]));
});
