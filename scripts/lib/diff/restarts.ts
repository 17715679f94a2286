import type { Sides } from "./pairs.ts";
import { compareStructure } from "./structure.ts";
import { podsOf, type Workload, workloadsOf } from "./workloads.ts";

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
export function restartsOf(sides: readonly Sides[]): Restart[] {
  const found = sides.flatMap((side) =>
    bothOf(side).flatMap(({ was, is, cluster, application }) =>
      compareStructure(was.template, is.template).length === 0
        ? []
        : [{ ...is, pods: podsOf(was) ?? 0, cluster, application }],
    ),
  );
  return [...Map.groupBy(found, ({ kind, name, update }) => [kind, name, update].join("\0")).values()]
    .map((group) => ({
      kind: group[0]!.kind,
      name: group[0]!.name,
      update: group[0]!.update,
      clusters: [...new Set(group.map(({ cluster }) => cluster))].toSorted(),
      applications: [...new Set(group.map(({ application }) => application))].toSorted(),
      pods: group.reduce((sum, { pods }) => sum + pods, 0),
    }))
    .toSorted((a, b) => b.pods - a.pods || (a.name < b.name ? -1 : 1));
}

/**
 * Where pods become fewer. A workload that stops to state its replicas has one until its autoscaler acts: the API server
 * sets the default, whoever owned the field.
 */
export function replicaFalls(sides: readonly Sides[]): ReplicaFall[] {
  const found = sides.flatMap((side) =>
    bothOf(side).flatMap(({ was, is, application }) => {
      const before = podsOf(was);
      const isReset = was.stated !== undefined && is.stated === undefined;
      const after = isReset ? 1 : podsOf(is);
      if (before === undefined || after === undefined || after >= before) return [];
      return [
        {
          kind: is.kind,
          name: is.name,
          application,
          before,
          after,
          until: isReset && is.scaled !== undefined ? { least: is.scaled.least, most: is.scaled.most } : undefined,
        },
      ];
    }),
  );
  const keyOf = ({ kind, name, before, after, until }: (typeof found)[number]) =>
    JSON.stringify([kind, name, before, after, until]);
  return [...Map.groupBy(found, keyOf).values()]
    .map(([first, ...others]) => {
      const { application, ...fall } = first!;
      return { ...fall, applications: [application, ...others.map((other) => other.application)].toSorted() };
    })
    .toSorted((a, b) => b.before - b.after - (a.before - a.after) || (a.name < b.name ? -1 : 1));
}

function bothOf({ before, after }: Sides) {
  if (before === undefined || after === undefined || before.objects === after.objects) return [];
  const then = workloadsOf(before);
  return [...workloadsOf(after)].flatMap(([key, is]) => {
    const was = then.get(key);
    return was === undefined ? [] : [{ was, is, cluster: after.cluster, application: after.id }];
  });
}
