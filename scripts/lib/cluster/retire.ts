import type { Change } from "../core/change.ts";
import { apiVersion } from "../core/company.ts";
import { UsageError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { type KeptStore, keptStoresOf } from "../fleet/recovery.ts";
import type { Retirement } from "../model/generated.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import { type Content, named } from "../repo/content.ts";
import { isAboutCluster, withoutExceptions } from "../repo/exceptions.ts";
import { retirementFile } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { emitYaml } from "../yaml/emit.ts";

export type LastBackup = Retirement["spec"]["backups"][number];

/** Why and when clusters go, and what is kept of their data. */
export interface Farewell {
  reason: string;
  /** The day of it, YYYY-MM-DD. */
  on: string;
  /** The last backups, by cluster. */
  backups: ReadonlyMap<string, readonly LastBackup[]>;
}

/** A record in place of everything that a cluster has, for each of them. Repeating it changes nothing. */
export function retire(content: Content, names: readonly string[], farewell: Farewell): Change[] {
  const going = names.filter((name) => !content.documents.retirements.has(name));
  for (const name of going) {
    named("cluster", name, content.documents.clusters);
    refusePlaced(content, name);
    refuseNeeded(content, name, going);
    refuseWithoutBackup(content, name, farewell);
  }
  if (going.length === 0) return [];
  return [
    ...going.flatMap((name) => gone(content, name, farewell)),
    ...withoutExceptions(content, (entry) => isAboutCluster(entry, going)),
  ];
}

function gone({ documents, tree }: Content, name: string, { reason, on, backups }: Farewell): Change[] {
  const { environment, model, domain, ageRecipient } = documents.clusters.get(name)!.document.spec;
  const record: Retirement = {
    apiVersion,
    kind: "Retirement",
    metadata: { name, annotations: { "config.kubernetes.io/local-config": "true" } },
    spec: { environment, model, domain, ageRecipient, reason, retired: on, backups: [...(backups.get(name) ?? [])] },
  };
  const path = retirementFile(name);
  return [
    ...tree.below(pathOf("cluster", { cluster: name })).map((file) => ({ path: file, content: null })),
    {
      path,
      content: `${heading(path)}# This cluster is no more. Its name is never given again.\n${emitYaml(record as unknown as Json)}`,
    },
  ];
}

/** Nobody's data goes with a cluster: customers move, or leave, before. */
function refusePlaced({ tree }: Content, cluster: string): void {
  const placed = [...placesIn(tree, "grant", { cluster }), ...placesIn(tree, "placement", { cluster })];
  const tenants = [...new Set(placed.map(({ tenant }) => tenant))].toSorted();
  if (tenants.length === 0) return;
  throw new UsageError(
    `${cluster} has customers: ${tenants.join(", ")}. Move each (bun run place-tenant ${tenants[0]} --cluster OTHER --from ${cluster}), or let it leave (bun run offboard-tenant ${tenants[0]} --to frozen)`,
  );
}

/** Whom others lean on goes with them, or not at all. */
function refuseNeeded({ documents, sources }: Content, cluster: string, going: readonly string[]): void {
  for (const [name, { file, document }] of documents.clusters) {
    if (going.includes(name)) continue;
    const { peer, stores } = document.spec;
    const index = stores.shared?.with.indexOf(cluster) ?? -1;
    if (peer?.cluster === cluster)
      throw new UsageError(
        `${file}:${sources.locate(file, ["spec", "peer", "cluster"]).line} ${name} is the other half of ${cluster}: name both, and they go together`,
      );
    if (index !== -1)
      throw new UsageError(
        `${file}:${sources.locate(file, ["spec", "stores", "shared", "with", index]).line} ${name} uses the stores of ${cluster}: give it its own first`,
      );
  }
}

function refuseWithoutBackup(content: Content, cluster: string, { backups }: Farewell): void {
  const { environment } = content.documents.clusters.get(cluster)!.document.spec;
  if (content.documents.environments.get(environment)?.document.spec.recovery === undefined) return;
  const has = new Set((backups.get(cluster) ?? []).map(({ store }) => store));
  const missing = keptStoresOf(content, cluster).filter((store: KeptStore) => !has.has(store));
  if (missing.length === 0) return;
  const options = missing.map((store) => `--backup cluster=${cluster},store=${store},backup=NAME,time=UTC,until=DAY`);
  throw new UsageError(
    `${cluster} has data in ${missing.join(", ")}, and ${environment} promises that it can be had back: name the last backup of each with ${options.join(" ")}`,
  );
}
