import { today } from "../core/clock.ts";
import { type Finding, type Omission, sortFindings } from "../core/finding.ts";
import type { Extent, Fleet } from "../fleet/fleet.ts";
import { type Loaded, loadFleet, type LoadOptions } from "../fleet/load.ts";
import type { Repository } from "../fleet/repository.ts";
import { applyAllowances } from "./allowances.ts";
import { applyExceptions } from "./exceptions.ts";
import { absolute, foldFollowers, type Follower } from "./fold.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";

export interface Validation {
  fleet: Fleet;
  findings: Finding[];
  /** What follows from one of them, and is not among them. */
  followers: Follower[];
  /** How many findings apps/exceptions.yaml excuses. */
  excused: number;
  /** How many of an addon's findings its allowances name. */
  allowed: number;
  /** Rules that could not judge, and clusters that could not be expanded. */
  notChecked: Omission[];
  /** Applications at which a program failed. */
  failed: Omission[];
  milliseconds: Loaded["milliseconds"] & { check: number };
}

/** Expands, renders and checks the fleet of a repository; exceptions are judged by a day, YYYY-MM-DD: today if none is said. */
export async function validate(
  repository: Repository,
  { today: day, ...options }: LoadOptions & { today?: string } = {},
): Promise<Validation> {
  return judge(await loadFleet(repository, options), day);
}

/** Runs the rules over a fleet that is loaded. */
export function judge({ fleet, findings, notChecked, failed, milliseconds }: Loaded, day = today()): Validation {
  const started = performance.now();
  const judged = runRules(fleet, rules);
  const allowed = applyAllowances([...findings, ...judged.findings], fleet);
  const { left, excused } = applyExceptions(allowed.left, fleet, day, absolute);
  const { kept, followers } = foldFollowers(left, fleet);
  return {
    fleet,
    findings: sortFindings(kept),
    followers,
    excused,
    allowed: allowed.allowed,
    notChecked: [...notChecked, ...judged.notChecked],
    failed,
    milliseconds: { ...milliseconds, check: performance.now() - started },
  };
}

const extents: readonly Extent[] = ["applications", "clusters", "fleet"];

/** Runs every rule that can judge what is there; says of the others why they can't. */
export function runRules(fleet: Fleet, chosen: readonly Rule[]): { findings: Finding[]; notChecked: Omission[] } {
  const findings: Finding[] = [];
  const notChecked: Omission[] = [];
  const isLess = (extent: Extent) => extents.indexOf(fleet.extent) < extents.indexOf(extent);
  for (const { id, severity, needs, compares, cannotJudge, check } of chosen) {
    const left = cannotJudge?.(fleet);
    if (left !== undefined) notChecked.push(left);
    if (compares !== undefined && isLess(compares)) {
      const rest = compares === "fleet" ? "other clusters" : "other Applications of a cluster";
      notChecked.push({ what: `rule ${id}`, reason: `what is rendered is not compared with ${rest}` });
    }
    if (needs !== undefined && isLess(needs)) {
      const all = needs === "fleet" ? "the fleet" : "a cluster";
      notChecked.push({ what: `rule ${id}`, reason: `it judges only where every Application of ${all} is rendered` });
      continue;
    }
    for (const finding of check(fleet)) findings.push({ rule: id, severity, ...finding });
  }
  return { findings, notChecked };
}
