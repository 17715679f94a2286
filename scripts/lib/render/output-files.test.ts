import { expect, test } from "bun:test";
import path from "node:path";

import fc from "fast-check";

import { full } from "../../../tests/support/repository.ts";
import type { Application, FleetObject } from "./application.ts";
import { outputPath } from "./output-files.ts";

function pathOf(name: string, namespace = "murima", kind = "Service"): string {
  const application = { cluster: "c", name: "a" } as Application;
  return outputPath(application, { id: { group: "", version: "v1", kind, namespace, name } } as FleetObject);
}

test("B-10: no name leads out of the folder", () => {
  for (const name of ["../../x", "a/b", ".", "..", "", "x".repeat(300), "CON", "a\0b", "-rf", "é", "a\\b"]) {
    const whole = path.posix.join("/out", pathOf(name, name));
    expect([name, whole.startsWith("/out/c/a/"), whole.split("/").length]).toEqual([name, true, 6]);
    expect(path.posix.basename(whole).length).toBeLessThan(255);
  }
});

test("B-10: long names that share their beginning have files of their own", () => {
  const begin = "x".repeat(200);
  expect(pathOf(`${begin}a`)).not.toBe(pathOf(`${begin}b`));
});

test("B-10: no two names share a file, where case is ignored either", () => {
  const name = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("a", "A", "a.b", "a%b", "a_b", "A_b"),
    fc.string({ minLength: 201, maxLength: 260 }),
  );
  fc.assert(
    fc.property(name, name, (a, b) => {
      if (a !== b) expect(pathOf(a).toLowerCase()).not.toBe(pathOf(b).toLowerCase());
    }),
    { numRuns: full ? 100_000 : 5_000, seed: 10 },
  );
});
