import { expect, test } from "bun:test";

import fc from "fast-check";

import { addressOf, pathOf, type PlaceKind, places, placesIn, within } from "./address.ts";
import { Tree } from "./tree.ts";

const numRuns = process.env["FULL"] === "1" ? 5000 : 300;
const kinds = Object.keys(places) as PlaceKind[];
const isFile = (kind: PlaceKind) => /\.[a-z]+$/.test(places[kind]);
const partsOf = (kind: PlaceKind) => [...places[kind].matchAll(/\{([a-z]+)\}/g)].map(([, part]) => part!);

const shared = ["base", "components", "facts", "isolation", "plans", "routes"];
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).filter((text) => !shared.includes(text));
const somewhere = fc.constantFrom(...kinds).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    parts: fc.record(Object.fromEntries(partsOf(kind).map((part) => [part, name]))),
  }),
);
/** Kinds and their parts meet only at run time here. */
const anyPath = pathOf as (kind: PlaceKind, parts: object, file?: string) => string;

test("a path leads to the address that made it, and an address to its path", () => {
  fc.assert(
    fc.property(somewhere, ({ kind, parts }) => {
      const path = anyPath(kind, parts);
      const expected = { kind, file: "", ...parts };
      expect(addressOf(isFile(kind) ? path : `${path}/`)).toEqual(expected as never);
      if (!isFile(kind)) expect(addressOf(`${path}/some.yaml`)).toEqual({ ...expected, file: "some.yaml" } as never);
      expect(within(kind, `${path}${isFile(kind) ? "" : "/deep/down"}`)).toMatchObject({ kind, ...parts });
    }),
    { seed: 13, numRuns },
  );
});

test("a tree tells the places that it holds, and no others", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(somewhere, { maxLength: 12, selector: ({ kind, parts }) => anyPath(kind, parts) }),
      (all) => {
        const files = all.map(({ kind, parts }) => anyPath(kind, parts, isFile(kind) ? "" : "some.yaml"));
        const tree = new Tree(files.map((file) => [file, new Uint8Array()]));
        for (const kind of kinds) {
          const expected = new Set(
            tree.paths.flatMap((path) => {
              const found = within(kind, path);
              return found === undefined ? [] : [anyPath(kind, found)];
            }),
          );
          expect(new Set(placesIn(tree, kind).map((parts) => anyPath(kind, parts)))).toEqual(expected);
        }
      },
    ),
    { seed: 13, numRuns: Math.ceil(numRuns / 10) },
  );
});

test("no path is that of two kinds, but for those that lie within the other", () => {
  const both: string[] = [];
  for (const [index, one] of kinds.entries()) {
    for (const other of kinds.slice(index + 1)) {
      const [a, b] = [places[one].split("/"), places[other].split("/")];
      if (a.length !== b.length || a.some((name, at) => name !== b[at] && !`${name}${b[at]}`.includes("{"))) continue;
      // The one path that could be of both: each name as either fixes it.
      const names = a.map(
        (name, at) =>
          [name, b[at]!].toSorted(
            (x, y) => Number(x.includes("{")) - Number(y.includes("{")) || y.length - x.length,
          )[0]!,
      );
      const path = names.join("/").replaceAll(/\{[a-z]+\}/g, "x");
      for (const file of [path, `${path}/`])
        if (within(one, file) !== undefined && within(other, file) !== undefined) both.push(`${one} and ${other}`);
    }
  }
  expect(both).toEqual([]);
});

test("what lies beside things is none of them", () => {
  expect(within("cluster", "clusters/prod/values.yaml")).toEqual({
    kind: "cluster",
    file: "values.yaml",
    cluster: "prod",
  });
  for (const path of ["clusters/base/kustomization.yaml", "clusters/components/facts/x.yaml", "clusters/README.md"])
    expect(within("cluster", path)).toBeUndefined();
  expect(addressOf("tenants/umbrella/facts/tenant.yaml")).toMatchObject({ kind: "tenant", file: "facts/tenant.yaml" });
  expect(addressOf("tenants/umbrella/values.yaml")).toMatchObject({ kind: "tenant", file: "values.yaml" });
  expect(addressOf("tenants/umbrella/prod/Channels.sops.yaml")).toMatchObject({ kind: "placement" });
  expect(addressOf("README.md")).toBeUndefined();
});

test("an address of a kind has exactly the parts of its kind", () => {
  expect(pathOf("grant", { cluster: "prod", tenant: "umbrella" })).toBe("clusters/prod/grants/umbrella");
  // @ts-expect-error A grant has a tenant.
  expect(pathOf("grant", { cluster: "prod" })).toContain("undefined");
  // @ts-expect-error A cluster has no tenant.
  expect(pathOf("cluster", { cluster: "prod", tenant: "umbrella" })).toBe("clusters/prod");
});
