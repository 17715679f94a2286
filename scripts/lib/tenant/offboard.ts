import type { Change } from "../core/change.ts";
import { apiVersion } from "../core/company.ts";
import { UsageError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { clusterRanges } from "../model/cluster-ranges.ts";
import { modelOf } from "../model/deployment-model.ts";
import type { Tenant, Tombstone } from "../model/generated.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import type { Located } from "../repo/documents.ts";
import { codeownersFile, tenantFacts, tenantValues, tombstoneFile } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { type Edit, editYaml, emitYaml } from "../yaml/emit.ts";
import { clustersOf, codeownersChange, findTenant, isRouted } from "./lookup.ts";
import { removal } from "./place.ts";
import { grantChanges } from "./placement.ts";
import { storesOf } from "./stores.ts";

type Offboarding = NonNullable<Tenant["spec"]["offboarding"]>;
export type Backup = NonNullable<Offboarding["backups"]>[number];
export type Erasure = Tombstone["spec"]["erasures"][number];

/** One step of leaving. Days are YYYY-MM-DD. */
export type Step =
  | { to: "active" }
  | { to: "frozen"; reason: string; on: string; holdUntil: string }
  | { to: "backed-up"; backups: readonly Backup[] }
  | { to: "removed"; on: string }
  | { to: "erased"; on: string; erasures: readonly Erasure[] };

export const steps = ["active", "frozen", "backed-up", "removed", "erased"] as const;

/** What each step does, for people. */
export const stepMeaning: Readonly<Record<Step["to"], string>> = {
  active: "it stays: its hosts answer again",
  frozen: "its hosts answer 503, its own images are held; nothing is removed",
  "backed-up": "evidence of its last backups is written down",
  removed: "its placements and grants go; volumes and databases stay",
  erased: "evidence that its data is gone; a tombstone is all that is left",
};

/** Steps that may come after a state. */
export function stepsAfter(state: string): Step["to"][] {
  const next = steps[steps.indexOf(state as Step["to"]) + 1];
  return [...(next === undefined ? [] : [next]), ...(state === "frozen" ? (["active"] as const) : [])];
}

/** The one step that may come next; back to active only from frozen, where nothing has happened yet. */
export function refuseOutOfOrder(id: string, state: string, to: Step["to"]): void {
  if (stepsAfter(state).includes(to)) return;
  const next = steps[steps.indexOf(state as Step["to"]) + 1];
  const also = state === "frozen" ? " (or active, to let it stay)" : "";
  throw new UsageError(`${id} is ${state}: what comes next is ${next ?? "nothing"}${also}, not ${to}`);
}

/** The files of one step. Repeating the last one changes nothing. */
export function offboard(fleet: Content, id: string, step: Step): Change[] {
  if (step.to === "erased" && fleet.documents.tombstones.has(id)) return [];
  const found = findTenant(fleet, id);
  const { document } = found;
  const { state } = document.spec;
  if (state === step.to && repeats(fleet, document, step)) return [];
  refuseOutOfOrder(id, state, step.to);
  switch (step.to) {
    case "active":
      return [
        facts(fleet, id, [set("state", "active"), set("offboarding", undefined)]),
        ...grants(fleet, document, "active"),
        ...holds(fleet, id, undefined),
      ];
    case "frozen":
      return [
        facts(fleet, id, [set("state", "frozen"), set("offboarding", { reason: step.reason, frozen: step.on })]),
        ...grants(fleet, document, "frozen"),
        ...holds(fleet, id, { reason: `${id} is leaving: ${step.reason}`, expires: step.holdUntil }),
      ];
    case "backed-up": {
      if (step.backups.length === 0)
        throw new UsageError("without a backup nothing is backed up: name each with --backup");
      // Written down while its placements and the services it uses say so: to erase is to erase all of them.
      const evidence = { stores: storesNow(fleet, document), backups: step.backups };
      const edits = Object.entries(evidence).map(([key, value]) => ({
        path: ["spec", "offboarding", key],
        value: value as unknown as Json,
      }));
      return [facts(fleet, id, [set("state", "backed-up"), ...edits])];
    }
    case "removed": {
      const cidrs = cidrsOf(fleet, id);
      const own: Edit = { path: ["spec", "offboarding", "cidrs"], value: cidrs };
      const removed: Edit = { path: ["spec", "offboarding", "removed"], value: step.on };
      return [
        facts(fleet, id, [set("state", "removed"), removed, ...(cidrs.length === 0 ? [] : [own])]),
        ...clustersOf(fleet, id).flatMap((cluster) => removal(fleet, id, cluster)),
        ...(fleet.tree.has(tenantValues(id)) ? [{ path: tenantValues(id), content: null }] : []),
      ];
    }
    case "erased":
      return erase(fleet, found, step);
  }
}

/** A tombstone in place of everything: no name of a person, no address of one. */
function erase(
  fleet: Content,
  { file, document: { metadata, spec } }: Located<Tenant>,
  { on, erasures }: Extract<Step, { to: "erased" }>,
): Change[] {
  const id = metadata.name;
  refuseRemains(fleet, file, spec.offboarding, erasures);
  const tombstone: Tombstone = {
    apiVersion,
    kind: "Tombstone",
    metadata: { name: id, annotations: { "config.kubernetes.io/local-config": "true" } },
    spec: {
      hosts: spec.hosts,
      // Written down when it was removed: by now nothing says where it was.
      cidrs: spec.offboarding?.cidrs ?? [],
      erased: on,
      erasures: [...erasures] as Tombstone["spec"]["erasures"],
    },
  };
  const target = tombstoneFile(id);
  const owned = fleet.tree.has(codeownersFile) ? [codeownersChange(fleet, new Map([[id, null]]))] : [];
  return [
    ...fleet.tree.below(pathOf("tenant", { tenant: id })).map((path) => ({ path, content: null })),
    {
      path: target,
      content: `${heading(target)}# This customer has left. Its id, its hosts and its ranges are never given again.\n${emitYaml(tombstone as unknown as Json)}`,
    },
    ...owned,
  ];
}

/** Refuses evidence that leaves out a store which held data: what was copied there, or what it used by its services. */
function refuseRemains(
  { sources }: Content,
  file: string,
  offboarding: Tenant["spec"]["offboarding"],
  erasures: readonly Erasure[],
): void {
  const stores = offboarding?.stores;
  if (stores === undefined) {
    const { line } = sources.locate(file, ["spec", "offboarding"], "key");
    throw new UsageError(
      `${file}:${line} does not say which stores held its data: add stores: [...] below offboarding, with each store that its services used`,
    );
  }
  const erased = new Set<string>(erasures.map(({ store }) => store));
  const missing = [...new Set([...stores, ...(offboarding?.backups ?? []).map(({ store }) => store)])].filter(
    (store) => !erased.has(store),
  );
  if (missing.length === 0) return;
  const { line } = sources.locate(file, ["spec", "offboarding", "stores"], "key");
  const options = missing.map((store) => `--erasure store=${store},time=...,evidence=...`).join(" ");
  throw new UsageError(
    `its data in ${missing.join(", ")} is not said to be erased (it had data in ${stores.join(", ")}, ${file}:${line}): add ${options}`,
  );
}

/** Ranges of the clusters that are the tenant's alone: they are written down while it is known where it was. */
function cidrsOf(fleet: Content, id: string): string[] {
  return clustersOf(fleet, id)
    .map((cluster) => fleet.documents.clusters.get(cluster)!.document)
    .filter((document) => modelOf(document).tenants === "one")
    .flatMap((document) => clusterRanges(document).map(({ text }) => text))
    .toSorted();
}

function repeats(fleet: Content, tenant: Tenant, step: Step): boolean {
  if (step.to !== "backed-up") return true;
  const { stores, backups } = tenant.spec.offboarding ?? {};
  return (
    JSON.stringify({ stores, backups }) === JSON.stringify({ stores: storesNow(fleet, tenant), backups: step.backups })
  );
}

/** Stores it has by its services, and those that somebody wrote down besides: volumes can't be told from here. */
function storesNow(fleet: Content, tenant: Tenant): string[] {
  return [...new Set([...storesOf(fleet, tenant), ...(tenant.spec.offboarding?.stores ?? [])])].toSorted();
}

function set(key: "state" | "offboarding", value: Json | undefined): Edit {
  return { path: ["spec", key], value };
}

function facts({ tree }: Content, id: string, edits: readonly Edit[]): Change {
  const file = tenantFacts(id);
  return { path: file, content: editYaml(tree.text(file), edits) };
}

function grants(fleet: Content, tenant: Tenant, state: "active" | "frozen"): Change[] {
  const { name } = tenant.metadata;
  const after: Tenant = { ...tenant, spec: { ...tenant.spec, state } };
  return clustersOf(fleet, name).flatMap((cluster) =>
    grantChanges(fleet, after, cluster, isRouted(fleet, name, cluster)),
  );
}

/** Holds of its own copies of services: no bump changes them until the hold is gone. */
function holds({ tree }: Content, id: string, hold: { reason: string; expires: string } | undefined): Change[] {
  return placesIn(tree, "tenantService", { tenant: id }).map((place) => {
    const path = pathOf("tenantService", place, "image.yaml");
    return { path, content: editYaml(tree.text(path), [{ path: ["image", "hold"], value: hold }]) };
  });
}
