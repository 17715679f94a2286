import type { Protocol } from "./policy.ts";

/** Ports by protocol, as sorted ranges that do not touch. */
export type PortSet = Partial<Record<Protocol, readonly (readonly [first: number, last: number])[]>>;

export const protocols = ["TCP", "UDP", "SCTP"] as const;
const everything = [[1, 65535]] as const;

export const noPorts: PortSet = {};
export const allPorts: PortSet = { TCP: everything, UDP: everything, SCTP: everything };

export function isEmpty(set: PortSet): boolean {
  return protocols.every((protocol) => (set[protocol]?.length ?? 0) === 0);
}

export function union(a: PortSet, b: PortSet): PortSet {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return each((protocol) => {
    const ranges = [...(a[protocol] ?? []), ...(b[protocol] ?? [])].toSorted((x, y) => x[0] - y[0]);
    const joined: [number, number][] = [];
    for (const [first, last] of ranges) {
      const previous = joined.at(-1);
      if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
      else joined.push([first, last]);
    }
    return joined;
  });
}

export function intersection(a: PortSet, b: PortSet): PortSet {
  return each((protocol) =>
    (a[protocol] ?? []).flatMap(([first, last]) =>
      (b[protocol] ?? []).flatMap(([start, end]): [number, number][] => {
        const range: [number, number] = [Math.max(first, start), Math.min(last, end)];
        return range[0] <= range[1] ? [range] : [];
      }),
    ),
  );
}

/** What is in the first and not in the second. */
export function difference(a: PortSet, b: PortSet): PortSet {
  return each((protocol) =>
    (b[protocol] ?? []).reduce<(readonly [number, number])[]>(
      (left, [start, end]) =>
        left.flatMap(([first, last]): [number, number][] => {
          if (end < first || start > last) return [[first, last]];
          const parts: [number, number][] = [
            [first, start - 1],
            [end + 1, last],
          ];
          return parts.filter(([from, to]) => from <= to);
        }),
      [...(a[protocol] ?? [])],
    ),
  );
}

function each(ranges: (protocol: Protocol) => readonly (readonly [number, number])[]): PortSet {
  const set: PortSet = {};
  for (const protocol of protocols) {
    const found = ranges(protocol);
    if (found.length > 0) set[protocol] = found;
  }
  return set;
}
