import { expect, test } from "bun:test";

import fc from "fast-check";

import { full } from "../../../tests/support/repository.ts";
import { overlaps, parseCidr, type Range } from "./cidr.ts";

test("B-12: only canonical IPv4 ranges", () => {
  expect(parseCidr("10.0.0.0/16")).toEqual({ first: 167772160, last: 167837695 });
  expect(parseCidr("0.0.0.0/0")).toEqual({ first: 0, last: 2 ** 32 - 1 });
  expect(parseCidr("255.255.255.255/32")).toEqual({ first: 2 ** 32 - 1, last: 2 ** 32 - 1 });
  const refused = [
    "10.0.0.0/33",
    "10.0.0.1/16",
    "256.0.0.0/8",
    "010.0.0.0/8",
    "10.0.0.0/08",
    "10.0.0/8",
    "::ffff:10.0.0.0/104",
    "10.0.0.0",
    "",
    " 10.0.0.0/8",
    "10.0.0.0/8\n",
  ];
  for (const text of refused) expect([text, typeof parseCidr(text)]).toEqual([text, "string"]);
  expect(parseCidr("10.0.0.1/16")).toContain("did you mean 10.0.0.0/16?");
});

test("F-06: two ranges overlap exactly if they share an address", () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 26, max: 32 })).map(([address, length]) => {
    const size = 2 ** (32 - length);
    return `10.0.0.${address - (address % size)}/${length}`;
  });
  const addresses = ({ first, last }: Range) =>
    new Set(Array.from({ length: last - first + 1 }, (_, index) => first + index));
  fc.assert(
    fc.property(range, range, (a, b) => {
      const [one, two] = [parseCidr(a) as Range, parseCidr(b) as Range];
      expect(overlaps(one, two)).toBe(!addresses(one).isDisjointFrom(addresses(two)));
    }),
    { numRuns: full ? 20_000 : 1_000, seed: 6 },
  );
});
