import type { Fleet } from "../../fleet/fleet.ts";
import { keptStoresOf, type Recovery, recoveryOf } from "../../fleet/recovery.ts";
import { pathOf, placesIn } from "../../repo/address.ts";
import { clusterFacts } from "../../repo/layout.ts";
import { minutesOf } from "../../store/schedule.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const recoveryPoint: Rule = {
  id: "recovery-point",
  severity: "error",
  needs: "clusters",
  holds:
    "Of every store with data a cluster can have back what its environment and its tenants are promised: at most so much lost, so many days back; and a tenant is promised no less than its environment without a reason.",
  because:
    "A promise of an hour beside a backup at night is a day that is lost (D-57), and nothing else compares them.",
  *check(fleet) {
    yield* classes(fleet);
    const expanded = new Set(fleet.applications.map(({ cluster }) => cluster));
    for (const [cluster, { file, document }] of fleet.documents.clusters) {
      const promised = fleet.documents.environments.get(document.spec.environment)?.document.spec.recovery;
      if (promised === undefined || !expanded.has(cluster)) continue;
      const facts = { file, ...fleet.sources.locate(file, ["spec", "stores"]) };
      yield* places(fleet, cluster);
      for (const store of keptStoresOf(fleet, cluster)) {
        const recovery = recoveryOf(fleet, document, store);
        const where = recovery.deployed?.at ?? facts;
        for (const promise of promises(fleet, cluster, promised.point))
          if (!(recovery.point !== undefined && recovery.point <= minutesOf(promise.point)!))
            yield { ...where, ...tooLate(store, cluster, recovery, promise) };
        if (recovery.point !== undefined && !((recovery.days ?? 0) >= promised.days))
          yield {
            ...where,
            message: `${store} of ${cluster} can be had back for ${recovery.days ?? 0} days, and ${promised.days} are promised`,
            fix: "keep backups longer, or promise less in the facts of the environment",
          };
      }
    }
  },
};

interface Promise {
  whose: string;
  point: string;
}

function promises(fleet: Fleet, cluster: string, point: string): Promise[] {
  const tenants = placesIn(fleet.tree, "grant", { cluster }).flatMap(({ tenant }): Promise[] => {
    const own = fleet.documents.tenants.get(tenant)?.document.spec.recoveryPoint;
    return own === undefined || minutesOf(own)! >= minutesOf(point)! ? [] : [{ whose: tenant, point: own }];
  });
  return [{ whose: "its environment", point }, ...tenants];
}

function tooLate(
  store: string,
  cluster: string,
  { point }: Recovery,
  promise: Promise,
): Pick<RuleFinding, "message" | "fix"> {
  const reached = point === undefined ? "nothing of it is kept" : `up to ${point} minutes can be lost`;
  return {
    message: `${store} of ${cluster}: ${reached}, and ${promise.whose} is promised ${promise.point}`,
    fix: `turn its backups on (${pathOf("storeDefinition", { store: "STORE" }, "backup")}), or take them more often; for a managed store write spec.stores.recovery as the provider has it`,
  };
}

/** A tenant's class beside those of the environments of its clusters. */
function* classes({ documents, sources, tree }: Fleet): Iterable<RuleFinding> {
  for (const [tenant, { file, document }] of documents.tenants) {
    const { recoveryPoint: own, recoveryReason } = document.spec;
    const points = placesIn(tree, "placement", { tenant }).flatMap(({ cluster }) => {
      const environment = documents.clusters.get(cluster)?.document.spec.environment ?? "";
      return documents.environments.get(environment)?.document.spec.recovery?.point ?? [];
    });
    const isWorse = points.some((point) => minutesOf(own)! > minutesOf(point)!);
    if (isWorse && recoveryReason === undefined)
      yield {
        file,
        ...sources.locate(file, ["spec", "recoveryPoint"]),
        message: `is promised ${own}, less than its environment gives (${points[0]!})`,
        fix: "promise as much, or say why not in spec.recoveryReason",
      };
    else if (!isWorse && recoveryReason !== undefined && points.length > 0)
      yield {
        file,
        ...sources.locate(file, ["spec", "recoveryReason"]),
        message: "gives a reason for less than its environment promises, and is promised no less",
        fix: "remove it",
      };
  }
}

/** A copy beside the original is lost with it, and a bucket elsewhere is where the data may not be. */
function* places({ documents, sources }: Fleet, cluster: string): Iterable<RuleFinding> {
  const { region, stores } = documents.clusters.get(cluster)!.document.spec;
  const file = clusterFacts(cluster);
  const place = (...path: string[]) => ({ file, ...sources.locate(file, ["spec", "stores", ...path]) });
  const { backup } = stores;
  if (backup !== undefined && backup.region !== region)
    yield {
      ...place("backup", "region"),
      message: `backups go to ${backup.region}, and the cluster is in ${region}`,
      fix: "use a bucket of its own region, and name another place in backup.copy",
    };
  const copies =
    stores.mode === "operator"
      ? [{ path: ["backup"], copy: backup?.copy?.region }]
      : Object.entries(stores.recovery ?? {}).map(([store, { copy }]) => ({ path: ["recovery", store], copy }));
  for (const { path, copy } of copies) {
    if (backup === undefined && stores.mode === "operator") continue;
    if (copy !== undefined && copy !== region) continue;
    yield {
      ...place(...path),
      message: copy === undefined ? "has no copy in another place" : `the copy is in ${region} as well`,
      fix: "add copy with another region: a place that is lost takes its backups along",
    };
  }
}
