import { compare, maxSatisfying, parse, prerelease, valid, validRange } from "semver";

import type { Environment } from "../model/generated.ts";

type Rule = Environment["spec"]["images"];

/** Why a tag may not run in an environment, as a sentence; undefined if it may. */
export function tagProblem(tag: string, environment: string, { prereleases, tags }: Rule): string | undefined {
  if (tags !== undefined && new RegExp(tags).test(tag)) return undefined;
  if (!isVersion(tag))
    return `${tag} is not a version${tags === undefined ? "" : `, and does not match the tags of ${environment} (${tags})`}`;
  if (prereleases === "allowed" || prerelease(tag) === null) return undefined;
  return `${tag} is a prerelease, which ${environment} does not allow`;
}

/** A version as tags are written: v1.2.3 or 1.2.3, nothing that semver would only guess. */
function isVersion(tag: string): boolean {
  return valid(tag) !== null && parse(tag)!.version === tag.replace(/^v/, "").replace(/\+.*$/, "");
}

/**
 * Which of two tags is newer: versions by semver, builds of an environment by what its pattern captures (a date, a
 * number). Undefined where there is no order.
 */
export function compareTags(a: string, b: string, tags: string | undefined): number | undefined {
  if (a === b) return 0;
  if (isVersion(a) && isVersion(b)) return compare(a, b);
  const [first, second] = [a, b].map((tag) => (tags === undefined ? undefined : new RegExp(tags).exec(tag)?.[1]));
  if (first === undefined || second === undefined) return undefined;
  const isNumber = /^\d+$/.test(first) && /^\d+$/.test(second);
  if (isNumber) return Math.sign(Number(BigInt(first) - BigInt(second)));
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The newest of a registry's tags that a range takes, and that may run in an environment. */
export function latestTag(tags: readonly string[], range: string, environment: string, rule: Rule): string | undefined {
  const allowed = tags.filter((tag) => isVersion(tag) && tagProblem(tag, environment, rule) === undefined);
  return maxSatisfying(allowed, range, { includePrerelease: rule.prereleases === "allowed" }) ?? undefined;
}

export function isRange(range: string): boolean {
  return validRange(range) !== null;
}
