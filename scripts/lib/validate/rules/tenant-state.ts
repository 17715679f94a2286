import { at } from "../../core/json.ts";
import type { JsonPath } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { placementsOf } from "../../fleet/placements.ts";
import { overlaps, parseCidr } from "../../model/cidr.ts";
import { clusterRanges } from "../../model/cluster-ranges.ts";
import { pathOf, placesIn } from "../../repo/address.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const tenantState: Rule = {
  id: "tenant-state",
  severity: "error",
  holds:
    "A tenant leaves a step at a time, each with its evidence: frozen, backed up, removed, and then a tombstone alone is left.",
  because:
    "Data that goes before it is backed up is lost; an id or a range that is given again meets old keys and rules.",
  *check(fleet) {
    for (const tenant of fleet.documents.tenants.keys()) yield* judge(fleet, tenant);
    yield* tombstones(fleet);
  },
};

function* judge(fleet: Fleet, tenant: string): Iterable<RuleFinding> {
  const { documents, sources } = fleet;
  const { file, document } = documents.tenants.get(tenant)!;
  const { state, offboarding } = document.spec;
  const finding = (path: JsonPath, message: string, fix: string) => ({
    file,
    ...sources.locate(file, path),
    message,
    fix,
  });
  const command = `bun run offboard-tenant ${tenant} writes it`;
  const where = ["spec", "state"];
  const placed = placementsOf(fleet).filter((placement) => placement.tenant === tenant);
  if (state === "active") {
    if (offboarding !== undefined)
      yield finding(
        ["spec", "offboarding"],
        "is active but has offboarding data",
        "remove offboarding, or correct the state",
      );
    if (placed.length === 0)
      yield finding(
        where,
        "is active and placed nowhere",
        `bun run place-tenant ${tenant} --cluster CLUSTER places it`,
      );
    return;
  }
  if (offboarding === undefined) {
    yield finding(where, `is ${state} lacks reason and start date`, command);
    return;
  }
  const needsBackups = state === "backed-up" || state === "removed";
  if (needsBackups && offboarding.backups === undefined) yield finding(where, `is ${state} without a backup`, command);
  if (needsBackups && offboarding.stores === undefined)
    yield finding(
      where,
      `is ${state}, and does not say which stores held its data`,
      state === "backed-up" ? command : "add stores below offboarding: each store that its services used",
    );
  if (!needsBackups && offboarding.backups !== undefined)
    yield finding(where, `is ${state}, but has backups`, "make its state backed-up, or remove them");
  for (const [index, { time }] of (offboarding.backups ?? []).entries()) {
    if (time.slice(0, 10) < offboarding.frozen) {
      const path = ["spec", "offboarding", "backups", index, "time"];
      yield finding(path, `was made before ${tenant} was frozen (${offboarding.frozen})`, "back up what it had then");
    }
  }
  if ((state === "removed") !== (offboarding.removed !== undefined))
    yield finding(where, `is ${state}, and removed ${offboarding.removed ?? "at no day"}`, command);
  if (state === "removed" && placed.length > 0) {
    const clusters = placed.map(({ cluster }) => cluster).join(", ");
    yield finding(where, `is removed, but placed on ${clusters}`, "remove its grants and placements");
  }
  if (state !== "removed" && placed.length === 0)
    yield finding(where, `is ${state}, but placed nowhere`, "bring its grant and placement back");
  yield* unheld(fleet, tenant, state);
}

/** Own copies of services that a bump would still change. */
function* unheld({ tree, sources }: Fleet, tenant: string, state: string): Iterable<RuleFinding> {
  for (const place of placesIn(tree, "tenantService", { tenant })) {
    const file = pathOf("tenantService", place, "image.yaml");
    if (!tree.has(file) || at(sources.data(file), "image", "hold") !== undefined) continue;
    yield {
      file,
      line: 1,
      message: `is not held, though ${tenant} is ${state}`,
      fix: "add a hold: what is frozen stays as it is",
    };
  }
}

function* tombstones({ documents, sources, tree }: Fleet): Iterable<RuleFinding> {
  const clusters = [...documents.clusters].flatMap(([cluster, { file, document }]) =>
    clusterRanges(document).flatMap(({ path, text }) => {
      const range = parseCidr(text);
      return typeof range === "string" ? [] : [{ cluster, file, path, text, range }];
    }),
  );
  for (const [tenant, { file, document }] of documents.tombstones) {
    for (const other of tree.below(pathOf("tenant", { tenant }))) {
      if (other === file) continue;
      yield { file: other, line: 1, message: `belongs to ${tenant}, which has left`, fix: "remove it" };
    }
    for (const grant of placesIn(tree, "grant", { tenant }))
      yield {
        file: pathOf("grant", grant, "kustomization.yaml"),
        line: 1,
        message: `grants to ${tenant}, which has left`,
        fix: "remove it",
      };
    for (const [index, text] of document.spec.cidrs.entries()) {
      const range = parseCidr(text);
      if (typeof range === "string") {
        yield { file, ...sources.locate(file, ["spec", "cidrs", index]), message: range, fix: "correct the range" };
        continue;
      }
      for (const other of clusters.filter((known) => overlaps(known.range, range))) {
        const message = `${other.text} overlaps ${text}, which was a range of ${tenant}`;
        yield { file: other.file, ...sources.locate(other.file, other.path), message, fix: "take a range nobody had" };
      }
    }
  }
}
