import type { Omission } from "../../core/finding.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type KeptStore, keptStoresOf } from "../../fleet/recovery.ts";
import type { Cluster, Environment } from "../../model/generated.ts";
import { clusterFacts } from "../../repo/layout.ts";
import { minutesOf } from "../../store/schedule.ts";
import type { Rule, RuleFinding } from "../rule.ts";

type Promised = NonNullable<Environment["spec"]["recovery"]> & { rehearsal: number };

export const restoreRehearsal: Rule = {
  id: "restore-rehearsal",
  severity: "error",
  needs: "clusters",
  holds:
    "Where an environment asks for it, each cluster says by when the restore of its stores is tried out again, and what was seen the last time keeps to what is promised.",
  because: "A backup that nobody has restored is a hope, and a promise of four hours that took nine is none (D-62).",
  cannotJudge: neverRestored,
  *check(fleet) {
    for (const { cluster, promised, stores } of rehearsing(fleet)) {
      const file = clusterFacts(cluster.metadata.name);
      const place = (...path: string[]) => ({ file, ...fleet.sources.locate(file, ["spec", ...path]) });
      const { rehearsals } = cluster.spec;
      if (rehearsals === undefined) {
        const message = `says nothing of rehearsals, and ${stores.join(", ")} of ${cluster.metadata.name} hold data`;
        yield { ...place(), message, fix: `add spec.rehearsals.next: a day within ${promised.rehearsal} days` };
        continue;
      }
      for (const store of stores) {
        const seen = rehearsals.last?.[store];
        if (seen === undefined) continue;
        const at = (field: string) => place("rehearsals", "last", store, field);
        yield* late(store, rehearsals.next, seen.day, promised.rehearsal, place("rehearsals", "next"));
        for (const { field, most, what } of [
          { field: "took", most: promised.time, what: "was back after" },
          { field: "lost", most: promised.point, what: "had lost" },
        ] as const)
          if (minutesOf(seen[field])! > minutesOf(most)!)
            yield {
              ...at(field),
              message: `${store} ${what} ${seen[field]} in its rehearsal of ${seen.day}, and ${most} are promised`,
              fix: "mend what took so long, rehearse it again and write down what was seen; or promise less in the facts of the environment",
            };
      }
    }
  },
};

function* late(store: string, next: string, on: string, days: number, place: object): Iterable<RuleFinding> {
  const latest = daysLater(on, days);
  if (next > latest)
    yield {
      ...place,
      message: `the next rehearsal is due on ${next}, and the last of ${store} was on ${on}`,
      fix: `not after ${latest}: ${days} days are the most that the environment allows`,
    };
}

function daysLater(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Clusters whose environment asks for rehearsals, and their stores with data. */
function* rehearsing(fleet: Fleet): Iterable<{ cluster: Cluster; promised: Promised; stores: KeptStore[] }> {
  const expanded = new Set(fleet.applications.map(({ cluster }) => cluster));
  for (const [name, { document: cluster }] of fleet.documents.clusters) {
    const promised = fleet.documents.environments.get(cluster.spec.environment)?.document.spec.recovery;
    if (promised?.rehearsal === undefined || !expanded.has(name)) continue;
    const stores = keptStoresOf(fleet, name);
    if (stores.length > 0) yield { cluster, promised: { ...promised, rehearsal: promised.rehearsal }, stores };
  }
}

/** No rule can say whether a restore would work that nobody has tried. */
function neverRestored(fleet: Fleet): Omission | undefined {
  const open = [...rehearsing(fleet)].flatMap(({ cluster: { metadata, spec }, stores }) => {
    const untried = stores.filter((store) => spec.rehearsals?.last?.[store] === undefined);
    return untried.length === 0 ? [] : [{ cluster: metadata.name, count: untried.length, next: spec.rehearsals?.next }];
  });
  if (open.length === 0) return undefined;
  const count = open.reduce((sum, own) => sum + own.count, 0);
  const due = open.flatMap(({ next }) => next ?? []).toSorted()[0];
  const by = due === undefined ? "" : `; the first is due on ${due}`;
  return {
    what: `whether ${count} stores with data on ${open.length} clusters can be restored`,
    reason: `nobody has tried it there${by}`,
  };
}
