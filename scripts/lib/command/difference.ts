import { lossesOf } from "../diff/budget.ts";
import { compareApplications } from "../diff/compare.ts";
import type { DiffReport } from "../diff/report.ts";
import { loadFleet, type LoadOptions } from "../validate/load.ts";
import { reachabilityOf } from "../validate/reachability.ts";
import type { Fleet } from "../validate/rule.ts";
import { everything } from "../validate/selection.ts";
import { flowsText } from "./reachability.ts";

/** One side of a comparison: a revision, or the working folder, perhaps with changes. */
export type Side = Pick<LoadOptions, "revision" | "changes">;

/** Renders both sides and says what differs in what Argo CD would apply. */
export async function compareSides(
  options: Omit<LoadOptions, "revision" | "changes" | "selection">,
  before: Side,
  after: Side,
): Promise<DiffReport> {
  const old = (await loadFleet({ ...options, ...before, selection: everything })).fleet;
  const now = (await loadFleet({ ...options, ...after, selection: everything })).fleet;
  const difference = compareApplications(old.applications, now.applications);
  // What is removed is judged by the facts from before: a change can't raise its own budget.
  const losses = lossesOf(
    difference,
    (cluster) => {
      const name = old.documents.clusters.get(cluster)?.document.spec.environment;
      const environment = name === undefined ? undefined : old.documents.environments.get(name)?.document;
      return environment === undefined ? undefined : { name: name!, budget: environment.spec.deletionBudget };
    },
    (cluster, { group, version, kind }) =>
      old.documents.clusters.has(cluster) && old.kinds(cluster).isCustom({ apiVersion: `${group}/${version}`, kind }),
  );
  const [from, to] = [flows(old), flows(now)];
  return {
    difference,
    losses,
    reachability: {
      added: [...to].filter((flow) => !from.has(flow)),
      removed: [...from].filter((flow) => !to.has(flow)),
    },
  };
}

function flows(fleet: Fleet): Set<string> {
  return new Set(reachabilityOf(fleet).flatMap(flowsText));
}
