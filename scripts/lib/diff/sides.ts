import type { Fleet } from "../fleet/fleet.ts";
import { loadFleet, type LoadOptions } from "../fleet/load.ts";
import { reachabilityOf } from "../fleet/reachability.ts";
import type { Repository } from "../fleet/repository.ts";
import type { Judge } from "../render/judged.ts";
import { placesIn } from "../repo/address.ts";
import { clusterFacts } from "../repo/layout.ts";
import { type Loss, lossesOf } from "./budget.ts";
import { type Causes, causesOf } from "./causes.ts";
import { compareApplications, type Difference } from "./compare.ts";
import { compareFlows, type FlowChanges } from "./flows.ts";
import { type Move, movesOf } from "./moves.ts";
import { type Removal, removalsOf } from "./removals.ts";
import { type ReplicaFall, replicaFalls, type Restart, restartsOf } from "./restarts.ts";
import { type Growth, growthOf } from "./rights.ts";
import { type RefusedUpdate, refusedUpdates } from "./updates.ts";
import { shrunkVolumes } from "./volumes.ts";
import { type WorkloadPair, workloadPairs } from "./workloads.ts";

/** All there is to say about two revisions. */
export interface DiffReport {
  difference: Difference;
  losses: Loss[];
  removals: Removal[];
  restarts: Restart[];
  replicas: ReplicaFall[];
  moves: Move[];
  rights: Growth[];
  causes: Causes;
  reachability: FlowChanges;
  /** Changes that Kubernetes' own code refuses, and volumes that would shrink; undefined where it was not asked and none does. */
  refused: RefusedUpdate[] | undefined;
}

/** Renders both sides and says what differs in what Argo CD would apply. */
export async function compareSides(
  before: Repository,
  after: Repository,
  progress?: LoadOptions["progress"],
): Promise<DiffReport> {
  const { fleet: old } = await loadFleet(before, { progress });
  const { fleet: now, judge } = await loadFleet(after, { progress });
  return compareFleets(old, now, judge);
}

/** The same of two fleets that are rendered. */
export async function compareFleets(before: Fleet, after: Fleet, judge: Judge | undefined): Promise<DiffReport> {
  // Of a cluster that can't be read on one side it would seem that all of it comes, or goes.
  const unread = clustersUnread(before, after);
  const readable = (fleet: Fleet): Fleet => ({
    ...fleet,
    applications: fleet.applications.filter(({ cluster }) => !unread.has(cluster)),
  });
  const [old, now] = [readable(before), readable(after)];
  const difference = compareApplications(old.applications, now.applications);
  for (const [cluster, side] of unread)
    difference.notCompared.push({ what: `cluster ${cluster}`, reason: `${side}: its facts have errors` });
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
  // Where policies or pods are missing, what is open would seem closed, or the other way round.
  const partial = clustersWithGaps(old, now);
  for (const [cluster, missing] of partial)
    difference.notCompared.push({ what: `who may talk to whom in ${cluster}`, reason: `${missing} is not rendered` });
  const sides = [old, now].map((fleet) => reachabilityOf(fleet).filter(({ cluster }) => !partial.has(cluster)));
  const { pairs } = difference;
  const shrunk = shrunkVolumes(pairs);
  const judged = judge === undefined ? undefined : await refusedUpdates(pairs, now, judge);
  const refused = judged === undefined && shrunk.length === 0 ? undefined : [...(judged ?? []), ...shrunk];
  const workloads = changedWorkloads(old, now, new Set(difference.changed));
  return {
    difference,
    losses,
    removals: removalsOf(pairs),
    restarts: restartsOf(workloads),
    replicas: replicaFalls(workloads),
    moves: movesOf(difference.objects, old, now),
    rights: growthOf(pairs),
    causes: causesOf(old, now, difference),
    reachability: compareFlows(sides[0]!, sides[1]!),
    refused,
  };
}

function changedWorkloads(old: Fleet, now: Fleet, changed: ReadonlySet<string>): WorkloadPair[] {
  const before = new Map(old.applications.map((application) => [application.id, application]));
  return now.applications
    .filter(({ id }) => changed.has(id))
    .flatMap((after) => workloadPairs({ before: before.get(after.id), after }));
}

/** Clusters that have facts and no Application on a side, not even root: nothing could be made of the facts. */
function clustersUnread(before: Fleet, after: Fleet): Map<string, "after" | "before"> {
  const found = new Map<string, "after" | "before">();
  for (const [side, { tree, applications }] of [["before", before] as const, ["after", after] as const]) {
    const expanded = new Set(applications.map(({ cluster }) => cluster));
    for (const { cluster } of placesIn(tree, "cluster"))
      if (tree.has(clusterFacts(cluster)) && !expanded.has(cluster)) found.set(cluster, side);
  }
  return found;
}

/** Clusters of which some Application is not rendered on one side, and which. */
function clustersWithGaps(...fleets: readonly Fleet[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { applications } of fleets)
    for (const { cluster, id, notRendered } of applications) if (notRendered !== undefined) found.set(cluster, id);
  return found;
}
