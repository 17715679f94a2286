/** Ranges that are given out touch none that anybody has. */
import { expect, test } from "bun:test";

import fc from "fast-check";

import { overlaps, parseCidr, type Range } from "../model/cidr.ts";
import type { Content } from "../repo/content.ts";
import { blockOf, freeRanges } from "./free-ranges.ts";

const rangeOf = (cidr: string) => parseCidr(cidr) as Range;
/** Facts that name some ranges, however deep. */
const fleetWith = (taken: readonly string[]) =>
  ({
    documents: {
      clusters: new Map([["one", { document: { spec: { staff: { cidr: taken[0] }, peer: { deep: taken } } } }]]),
      tombstones: new Map([["gone", { document: { spec: { cidrs: taken.slice(1) } } }]]),
    },
  }) as unknown as Content;

const cidr = fc
  .record({ second: fc.nat(255), third: fc.nat(255), length: fc.integer({ min: 12, max: 32 }) })
  .map(({ second, third, length }) => {
    const address = (10 * 2 ** 24 + second * 2 ** 16 + third * 2 ** 8) >>> 0;
    const size = 2 ** (32 - length);
    const first = address - (address % size);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${length}`;
  });

test("what is free touches nothing that is taken, and no other part of itself", () => {
  fc.assert(
    fc.property(fc.array(cidr, { maxLength: 24 }), fc.nat(3), (taken, before) => {
      const ranges = freeRanges(fleetWith(taken), before);
      const own = Object.values(ranges).map(rangeOf);
      for (const [index, range] of own.entries()) {
        expect(taken.filter((other) => overlaps(range, rangeOf(other)))).toEqual([]);
        expect(own.filter((other, place) => place !== index && overlaps(range, other))).toEqual([]);
        expect(overlaps(blockOf(ranges.nodes)!, range)).toBe(true);
      }
      // Halves that are made at once take blocks of their own.
      if (before > 0)
        expect(overlaps(blockOf(ranges.nodes)!, blockOf(freeRanges(fleetWith(taken), before - 1).nodes)!)).toBe(false);
    }),
    { seed: 20_261_128 },
  );
});

test("an exhausted pool is an error that says what to do", () => {
  expect(() => freeRanges(fleetWith(["10.0.0.0/8"]))).toThrow("is free in 10.0.0.0/8: give spec.cidrs");
});
