import type { RuleId } from "./rule-id.ts";

export type Severity = "error" | "warning";

/** A place in the repository. Lines and columns count from 1. */
export interface Location {
  file: string;
  line?: number;
  column?: number;
}

/** One thing that is wrong: what, where, and what to do about it. */
export interface Finding extends Partial<Location> {
  /** The rule that it breaks. */
  rule: RuleId;
  severity: Severity;
  /** CLUSTER/APPLICATION, where the finding is about what one Application renders. */
  application?: string;
  /** GROUP/KIND NAMESPACE/NAME of the object it is about. */
  object?: string;
  message: string;
  /** What to do, as a sentence. */
  fix?: string;
}

/** What was left out of a run, and why: nothing is passed over silently. */
export interface Omission {
  what: string;
  reason: string;
}

/** Findings in an order that depends on nothing but themselves, without repetitions. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const byKey = new Map(findings.map((finding) => [sortKey(finding), finding]));
  return [...byKey.keys()].toSorted().map((key) => byKey.get(key)!);
}

function sortKey(finding: Finding): string {
  const position = [finding.line ?? 0, finding.column ?? 0].map((number) => String(number).padStart(8, "0"));
  const parts = [finding.file ?? "", ...position, finding.application ?? "", finding.object ?? "", finding.rule];
  return [...parts, finding.message].join("\0");
}
