import { expect, test } from "bun:test";

import fc from "fast-check";

import { full } from "../testing/repository.ts";
import { nameProblem } from "./names.ts";

test("B-01: what can't be a name", () => {
  const refused = [
    "",
    "A",
    "-a",
    "a-",
    "a--b",
    "a.b",
    "a_b",
    "a".repeat(41),
    "kube-system",
    "default",
    "no",
    "on",
    "null",
    "true",
    "1e3",
    "0123",
    "22",
    "y",
    "Acme",
    "аcme",
    "a\u200db",
    "../x",
    "x/../../y",
    "x%2f",
    "-rf",
    "--help",
    "a\n",
    "api",
    "monitoring",
  ];
  for (const name of refused) expect([name, nameProblem(name) !== undefined]).toEqual([name, true]);
  for (const name of ["acme", "tenant123", "billing-service", "a", "no-reply"])
    expect([name, nameProblem(name)]).toEqual([name, undefined]);
});

test("F-04: every accepted name is a DNS label, a file name and plain YAML", () => {
  const part = fc.constantFrom("a", "b", "z", "0", "9", "-", "no", "on", "A", ".", "_", "é");
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
      (name) => {
        if (nameProblem(name) !== undefined) return;
        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(Bun.YAML.parse(name)).toBe(name);
      },
    ),
    { numRuns: full ? 200_000 : 5_000, seed: 1 },
  );
});
