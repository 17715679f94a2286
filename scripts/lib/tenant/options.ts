import { UsageError } from "../core/errors.ts";
import type { Tenant } from "../model/generated.ts";

type Spec = Tenant["spec"];

/** "600/minute" as the facts have it. */
export function parseRate(text: string): Spec["rateLimit"] {
  const match = /^([1-9][0-9]*)\/(second|minute|hour)$/.exec(text);
  if (match === null) throw new UsageError(`${JSON.stringify(text)} is not a valid rate: write it like 600/minute`);
  const unit = { second: "Second", minute: "Minute", hour: "Hour" } as const;
  return { requests: Number(match[1]), unit: unit[match[2] as keyof typeof unit] };
}

/** NAME=VALUE pairs as an object, in the order of their names. The later of two with one name wins. */
export function parsePairs(option: string, pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair): [string, string] => {
    const split = pair.indexOf("=");
    if (split < 1) throw new UsageError(`${option} ${JSON.stringify(pair)} is not NAME=VALUE`);
    return [pair.slice(0, split), pair.slice(split + 1)];
  });
  return sortKeys(Object.fromEntries(entries));
}

/** NAME=NUMBER pairs: what is to be a limit has a number. */
export function parseLimits(pairs: readonly string[]): Record<string, string> {
  const limits = parsePairs("--limit", pairs);
  for (const [name, value] of Object.entries(limits))
    if (!/^(0|[1-9][0-9]{0,11})$/.test(value))
      throw new UsageError(
        `--limit ${name} takes a whole number, not ${JSON.stringify(value)}: write it like ${name}=100`,
      );
  return limits;
}

/** Feature flags as the facts have them: none is no field. */
export function parseFeatures(pairs: readonly string[]): Spec["features"] {
  return pairs.length === 0 ? undefined : (parsePairs("--feature", pairs) as Spec["features"]);
}

export function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
