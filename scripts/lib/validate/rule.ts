import type { Finding, Omission, Severity } from "../core/finding.ts";
import type { Extent, Fleet } from "../fleet/fleet.ts";

export type RuleFinding = Omit<Finding, "rule" | "severity">;

/** One rule: what holds in the fleet, and how to see where it does not. */
export interface Rule {
  /** Name of the rule; the file it is in is named like it. */
  id: string;
  severity: Severity;
  /** What holds, as a sentence. */
  holds: string;
  /** What it protects from, as a sentence. */
  because: string;
  /** What it can't judge at all, and why. */
  beyond?: (fleet: Fleet) => Omission | undefined;
  /** How much has to be rendered for it to judge; a single Application if nothing is said. */
  needs?: Extent;
  check: (fleet: Fleet) => Iterable<RuleFinding>;
}
