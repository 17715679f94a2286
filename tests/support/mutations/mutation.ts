import type { Finding } from "../../../scripts/lib/core/finding.ts";
import type { TestFiles } from "../repository.ts";

/** What breaks one rule of the sample fleet, and what that rule, and no other, is to say of it. */
export interface Mutation {
  /** Clusters of the sample fleet; dev-shared where nothing is said. */
  clusters?: readonly string[];
  break: (fleet: TestFiles) => Promise<unknown>;
  expected: Partial<Pick<Finding, "file" | "line" | "application" | "severity">>;
  /** Rules that can't but see the same break. */
  also?: readonly string[];
}
