import { applicationsOf } from "./fold.ts";
import { compareStructure } from "./structure.ts";
import { podsOf, type Workload, type WorkloadPair } from "./workloads.ts";

/** Workloads of one name whose pods are made anew. */
export interface Restart extends Pick<Workload, "kind" | "name" | "update"> {
  clusters: string[];
  applications: string[];
  /** Running now, at least, those of DaemonSets aside: one on each node. */
  pods: number;
}

/** A workload that runs fewer pods than before, for a while or for good. */
export interface ReplicaFall extends Pick<Workload, "kind" | "name"> {
  applications: string[];
  before: number;
  after: number;
  /** Until an autoscaler of this many acts; undefined for good. */
  until: { least: number; most: number } | undefined;
}

/** What starts anew: a pod's description differs. Folded by name; the most pods first. */
export function restartsOf(workloads: readonly WorkloadPair[]): Restart[] {
  const found = workloads.flatMap(({ was, is, cluster, application }) =>
    compareStructure(was.template, is.template).length === 0
      ? []
      : [{ ...is, pods: podsOf(was) ?? 0, cluster, application }],
  );
  return [...Map.groupBy(found, ({ kind, name, update }) => [kind, name, update].join("\0")).values()]
    .map((group) => ({
      kind: group[0]!.kind,
      name: group[0]!.name,
      update: group[0]!.update,
      clusters: [...new Set(group.map(({ cluster }) => cluster))].toSorted(),
      applications: applicationsOf(group),
      pods: group.reduce((sum, { pods }) => sum + pods, 0),
    }))
    .toSorted((a, b) => b.pods - a.pods || (a.name < b.name ? -1 : 1));
}

/**
 * Where pods become fewer. A workload that stops to state its replicas has one until its autoscaler acts: the API server
 * sets the default, whoever owned the field.
 */
export function replicaFalls(workloads: readonly WorkloadPair[]): ReplicaFall[] {
  const found = workloads.flatMap(({ was, is, application }) => {
    const before = podsOf(was);
    const isReset = was.stated !== undefined && is.stated === undefined;
    const after = isReset ? 1 : podsOf(is);
    if (before === undefined || after === undefined || after >= before) return [];
    const { least, most } = is.scaled ?? {};
    const until = isReset && least !== undefined && most !== undefined ? { least, most } : undefined;
    return [{ kind: is.kind, name: is.name, application, before, after, until }];
  });
  const keyOf = ({ kind, name, before, after, until }: (typeof found)[number]) =>
    JSON.stringify([kind, name, before, after, until]);
  return [...Map.groupBy(found, keyOf).values()]
    .map((group) => {
      const { application: _application, ...fall } = group[0]!;
      return { ...fall, applications: applicationsOf(group) };
    })
    .toSorted((a, b) => b.before - b.after - (a.before - a.after) || (a.name < b.name ? -1 : 1));
}
