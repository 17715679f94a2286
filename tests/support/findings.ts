import type { Finding } from "../../scripts/lib/core/finding.ts";
import { run as validate } from "../../scripts/validate.ts";
import { runIn, sampleRepository, type TestRepository } from "./repository.ts";

export type Edit = (fleet: TestRepository) => Promise<unknown>;

/** What validate says of some clusters of the frozen fleet once they are edited. */
export async function findingsOf(clusters: readonly string[], edit: Edit): Promise<Finding[]> {
  await using fleet = await sampleRepository(clusters);
  await edit(fleet);
  const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
}

/** Each rule once. */
export const rulesOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ rule }) => rule))];

export const clusterFacts = (name: string) => `clusters/${name}/facts/cluster.yaml`;
