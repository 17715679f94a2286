import { type Change, mergeChanges } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { listingChange } from "../repo/kustomization.ts";
import { carrierFile, secretsFolder } from "../repo/layout.ts";
import { clustersOf, findTenant, isRouted } from "./lookup.ts";
import { ownValues, placeOn } from "./new-tenant.ts";
import { grantChanges } from "./placement.ts";

/** A change of where a tenant is. */
export interface Place {
  tenant: string;
  /** The cluster it is to be on. */
  cluster: string;
  /** The cluster it comes from and leaves. */
  from?: string | undefined;
  /** Whether its hosts are to lead here. */
  routes: boolean;
}

/** What options ask for: to be placed on a cluster, or to leave one. */
export type PlacementRequest =
  | { kind: "place"; tenant: string; cluster: string; from: string | undefined; routes: boolean }
  | { kind: "leave"; tenant: string; cluster: string };

/** Refuses options that contradict each other. */
export function checkPlacement(
  tenant: string,
  options: { cluster?: string | undefined; from?: string | undefined; leave?: string | undefined; routes: boolean },
): PlacementRequest {
  const { cluster, from, leave, routes } = options;
  if (leave !== undefined && cluster === undefined) return { kind: "leave", tenant, cluster: leave };
  if (cluster === undefined || leave !== undefined)
    throw new UsageError("give either --cluster, to place it, or --leave, to take it off a cluster");
  if (cluster === from) throw new UsageError(`--from and --cluster are both ${from}: it is there already`);
  return { kind: "place", tenant, cluster, from, routes };
}

/** The changes that a request comes to, a title for them, and whether the tenant leaves a cluster. */
export function placementChange(
  content: Content,
  request: PlacementRequest,
): { changes: Change[]; title: string; leaves: boolean } {
  const { tenant, cluster } = request;
  if (request.kind === "leave")
    return {
      changes: leaveCluster(content, tenant, cluster),
      title: `feat(tenants): take ${tenant} off ${cluster}`,
      leaves: true,
    };
  return {
    changes: placeTenant(content, request),
    title: `feat(tenants): place ${tenant} on ${cluster}`,
    leaves: request.from !== undefined,
  };
}

/** Places a tenant on one more cluster, moves it there from another, or leads its hosts there. */
export function placeTenant(fleet: Content, { tenant, cluster, from, routes }: Place): Change[] {
  const { document } = findTenant(fleet, tenant);
  const placed = clustersOf(fleet, tenant);
  // A move: it is frozen while its data is copied, and thawed where its hosts lead then.
  const isMove = document.spec.state === "frozen" && from === undefined && placed.includes(cluster);
  if (!isMove) refuseLeaving(document.spec.state, tenant);
  if (from !== undefined && !placed.includes(from)) {
    if (placed.includes(cluster)) return []; // It has moved already.
    throw new UsageError(`${tenant} is not on ${from}: it is on ${placed.join(", ") || "no cluster"}`);
  }
  const here = routes || (from !== undefined && isRouted(fleet, tenant, from)) || placed.length === 0;
  const changes: Change[] = [];
  if (!placed.includes(cluster)) {
    changes.push(...placeOn(fleet, document, cluster, here, { locale: "en", timezone: "UTC" }));
    if (from !== undefined) changes.push(...carried(fleet, tenant, from, cluster));
    const values = ownValues(document);
    if (document.spec.isolation === "dedicated" && !fleet.tree.has(values.path)) changes.push(values);
  } else if (here) changes.push(...grantChanges(fleet, document, cluster, true));
  if (here) {
    for (const other of placed)
      if (other !== cluster && other !== from && isRouted(fleet, tenant, other))
        changes.push(...grantChanges(fleet, document, other, false));
  }
  if (from !== undefined) changes.push(...removal(fleet, tenant, from));
  // What is carried over stands in place of what is scaffolded.
  return mergeChanges([], changes);
}

/** Takes a tenant from a cluster. Its hosts have to lead elsewhere by then. */
export function leaveCluster(fleet: Content, tenant: string, cluster: string): Change[] {
  const { document } = findTenant(fleet, tenant);
  refuseLeaving(document.spec.state, tenant);
  const placed = clustersOf(fleet, tenant);
  if (!placed.includes(cluster)) return [];
  if (placed.length === 1)
    throw new UsageError(`${cluster} is the only cluster of ${tenant}: bun run offboard-tenant ${tenant} ends it`);
  if (isRouted(fleet, tenant, cluster)) {
    const others = placed.filter((other) => other !== cluster).join(" or ");
    throw new UsageError(
      `the hosts of ${tenant} lead to ${cluster}: bun run place-tenant ${tenant} --cluster ${others} --routes first`,
    );
  }
  return removal(fleet, tenant, cluster);
}

/** Everything of one placement, both halves. */
export function removal(fleet: Content, tenant: string, cluster: string): Change[] {
  const folders = [pathOf("grant", { cluster, tenant }), pathOf("placement", { tenant, cluster })];
  const halves = folders.flatMap((folder) => fleet.tree.below(folder)).map((path) => ({ path, content: null }));
  const carrier = { path: carrierFile(cluster, tenant), content: null };
  return fleet.tree.has(carrier.path)
    ? [...halves, carrier, listingChange(fleet, secretsFolder(cluster), [carrier])]
    : halves;
}

/** Everything of its half goes with it: settings, secrets, its own images. */
function carried({ tree }: Content, tenant: string, from: string, to: string): Change[] {
  const folder = pathOf("placement", { tenant, cluster: from });
  return tree.below(folder).map((file) => ({
    path: pathOf("placement", { tenant, cluster: to }, file.slice(folder.length + 1)),
    content: tree.text(file),
  }));
}

function refuseLeaving(state: string, tenant: string): void {
  if (state !== "active") throw new UsageError(`${tenant} is ${state}: it is leaving, and goes nowhere else`);
}
