import { addonPlacements, type LockedChart } from "../lib/addon/placements.ts";
import type { CommandIo } from "../lib/command/io.ts";
import type { Repository } from "../lib/fleet/repository.ts";
import { expectName } from "../lib/repo/content.ts";

/** A version of an addon's chart that some clusters run. */
export interface RunningChart {
  addon: string;
  locked: LockedChart;
  clusters: string[];
}

/** What clusters run, once a version; and what they run that no lock knows, which a rule names. */
export function runningCharts(repository: Repository, addons: readonly string[]): RunningChart[] {
  for (const name of addons) expectName("addon", name, repository.documents.addons.keys());
  const found = new Map<string, RunningChart>();
  for (const { addon, cluster, locked } of addonPlacements(repository)) {
    if (locked === undefined || (addons.length > 0 && !addons.includes(addon))) continue;
    const key = `${addon} ${locked.version}`;
    const known = found.get(key) ?? { addon, locked, clusters: [] };
    known.clusters.push(cluster);
    found.set(key, known);
  }
  return [...found.keys()].toSorted().map((key) => found.get(key)!);
}

/** Says a line about each, and how many there were. */
export function sayCount({ stderr }: CommandIo, count: number, what: string): void {
  stderr.write(`${count} ${count === 1 ? "chart" : "charts"} ${what}\n`);
}
