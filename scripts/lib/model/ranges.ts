import type { Range } from "./cidr.ts";

/** Every IPv4 address. */
export const allAddresses: Range = { first: 0, last: 2 ** 32 - 1 };

/** Ranges in order, joined where they touch. */
export function joined(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const previous = found.at(-1);
    if (previous !== undefined && first <= previous.last + 1) previous.last = Math.max(previous.last, last);
    else found.push({ first, last });
  }
  return found;
}

/** What is in the first and not in the second. */
export function without(ranges: readonly Range[], taken: readonly Range[]): Range[] {
  return joined(taken).reduce(
    (left, { first, last }) =>
      left.flatMap((range) => {
        if (range.last < first || range.first > last) return [range];
        const parts = [
          { first: range.first, last: first - 1 },
          { first: last + 1, last: range.last },
        ];
        return parts.filter((part) => part.first <= part.last);
      }),
    joined(ranges),
  );
}

/** What is in both. */
export function common(a: readonly Range[], b: readonly Range[]): Range[] {
  return without(a, without(a, b));
}

/** The fewest ranges in CIDR notation that hold exactly these addresses. */
export function cidrsOf(ranges: readonly Range[]): string[] {
  return joined(ranges).flatMap(({ first, last }) => {
    const found: string[] = [];
    for (let next = first; next <= last;) {
      let length = 32;
      while (length > 0) {
        const size = 2 ** (33 - length);
        if (next % size !== 0 || next + size - 1 > last) break;
        length--;
      }
      found.push(`${[24, 16, 8, 0].map((shift) => Math.floor(next / 2 ** shift) % 256).join(".")}/${length}`);
      next += 2 ** (32 - length);
    }
    return found;
  });
}
