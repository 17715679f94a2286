import type { Finding, Omission, Severity } from "../core/finding.ts";
import type { RuleId } from "../core/rule-id.ts";
import type { Extent, Fleet } from "../fleet/fleet.ts";

export type RuleFinding = Omit<Finding, "rule" | "severity">;

/** What a rule promises: its row of docs/rules.md. */
export interface RuleDescription {
  id: RuleId;
  severity: Severity;
  /** What holds, as a sentence. */
  holds: string;
  /** What it protects from, as a sentence. */
  because: string;
  /** It holds isolation, rights, keys, or where Argo CD reads from: no exception sets it aside. */
  absolute?: true;
}

/** A rule over the rendered fleet, in a file of its name: what holds, and how to see where it does not. */
export interface Rule extends RuleDescription {
  /** What it can't judge at all, and why. */
  cannotJudge?: (fleet: Fleet) => Omission | undefined;
  /** How much has to be rendered for it to judge; a single Application if nothing is said. */
  needs?: Extent;
  /** How much it compares with each other, where it judges with less too: the rest is then said to be left out. */
  compares?: Extent;
  check: (fleet: Fleet) => Iterable<RuleFinding>;
}
