import { type Change, mergeChanges } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { stringAt } from "../core/json.ts";
import { modelOf } from "../model/deployment-model.ts";
import type { Cluster } from "../model/generated.ts";
import { parseQuantity } from "../model/quantity.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import { type Content, expectName } from "../repo/content.ts";
import { isAboutCluster, withoutExceptions } from "../repo/exceptions.ts";
import { codeownersFile } from "../repo/layout.ts";
import { clustersOf, codeownersChange, isRouted } from "../tenant/lookup.ts";
import { removal } from "../tenant/place.ts";
import type { Answers } from "./answers.ts";

/** Which clusters and tenants go. */
export interface Dropped {
  clusters: readonly string[];
  tenants: readonly string[];
}

/** What goes where an answer file says what stays, or where one small cluster does. */
export function droppedBy(content: Content, { keep, placeOf }: Pick<Answers, "keep" | "placeOf">): Dropped {
  const { clusters, tenants } = content.documents;
  const all = { clusters: [...clusters.keys()].toSorted(), tenants: [...tenants.keys()].toSorted() };
  if (keep === undefined) {
    const small = smallest(content);
    return { clusters: all.clusters.filter((name) => name !== small), tenants: all.tenants };
  }
  const goingOf = (part: "clusters" | "tenants") => {
    const names = keep[part] === "all" ? all[part] : keep[part];
    for (const name of names) expectName(part.slice(0, -1), name, all[part], ` (${placeOf("keep", part)})`);
    return all[part].filter((name) => !names.includes(name));
  };
  const dropped = { clusters: goingOf("clusters"), tenants: goingOf("tenants") };
  refuseTorn(content, dropped, placeOf);
  return dropped;
}

/** The cluster that a start from nothing keeps: shared by tenants, of the first environment that has one, with the fewest processors. */
function smallest({ documents: { clusters, environments } }: Content): string {
  const rankOf = ({ spec }: Cluster) => environments.get(spec.environment)?.document.spec.rank ?? Infinity;
  const cpuOf = ({ spec }: Cluster) => parseQuantity(spec.capacity.cpu) ?? Infinity;
  const [first] = [...clusters.values()]
    .map(({ document }) => document)
    .filter((cluster) => modelOf(cluster).tenants === "many" && cluster.spec.peer === undefined)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || cpuOf(a) - cpuOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
  if (first === undefined)
    throw new UsageError(
      "no cluster takes tenants of every kind, so none is there to start with: name those that stay, without --empty",
    );
  return first.metadata.name;
}

/** Refuses to keep half of something: of a hybrid deployment, of a tenant. */
function refuseTorn(content: Content, dropped: Dropped, placeOf: Answers["placeOf"]): void {
  const gone = new Set(dropped.clusters);
  const problems: string[] = [];
  for (const [name, { document }] of content.documents.clusters) {
    const peer = document.spec.peer?.cluster;
    if (!gone.has(name) && peer !== undefined && gone.has(peer))
      problems.push(
        `${placeOf("keep", "clusters")} keeps ${name} without ${peer}, which runs the other half of it: keep both, or neither`,
      );
  }
  for (const tenant of content.documents.tenants.keys()) {
    if (dropped.tenants.includes(tenant)) continue;
    const placed = clustersOf(content, tenant);
    const stays = placed.filter((cluster) => !gone.has(cluster));
    const routed = placed.filter((cluster) => isRouted(content, tenant, cluster));
    const where = placeOf("keep", "tenants");
    if (placed.length > 0 && stays.length === 0)
      problems.push(
        `${where} keeps ${tenant}, which is on ${placed.join(" and ")} alone: keep that as well, or drop ${tenant}`,
      );
    else if (routed.length > 0 && routed.every((cluster) => gone.has(cluster)))
      problems.push(
        `${where} keeps ${tenant}, whose hosts lead to ${routed.join(" and ")}: keep that as well, or bun run place-tenant ${tenant} --routes first`,
      );
  }
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
}

/** Everything of what goes, and what other files say of it. Generated files follow. */
export function dropChanges<Fleet extends Content & { with(changes: readonly Change[]): Fleet }>(
  fleet: Fleet,
  { clusters, tenants }: Dropped,
): Change[] {
  if (clusters.length + tenants.length === 0) return [];
  const gone = (folder: string) => fleet.tree.below(folder).map((path): Change => ({ path, content: null }));
  const placements = [...fleet.documents.tenants.keys()].filter((tenant) => !tenants.includes(tenant));
  let changes: Change[] = [
    ...clusters.flatMap((cluster) => [
      ...gone(pathOf("cluster", { cluster })),
      ...placements.flatMap((tenant) => gone(pathOf("placement", { tenant, cluster }))),
    ]),
    ...tenants.flatMap((tenant) => gone(pathOf("tenant", { tenant }))),
  ];
  if (fleet.tree.has(codeownersFile))
    changes.push(codeownersChange(fleet, new Map(tenants.map((tenant) => [tenant, null]))));
  for (const tenant of tenants)
    for (const cluster of clustersOf(fleet, tenant).filter((name) => !clusters.includes(name)))
      // One after the other: each takes a line out of the same list.
      changes = mergeChanges(changes, removal(fleet.with(changes), tenant, cluster));
  return mergeChanges(changes, exceptionChanges(fleet, fleet.with(changes), clusters));
}

/** What is written down of clusters and tenants that have left: another company never had them. */
export function recordChanges({ tree, documents }: Content): Change[] {
  const folders = [
    ...[...documents.retirements.keys()].map((cluster) => pathOf("cluster", { cluster })),
    ...[...documents.tombstones.keys()].map((tenant) => pathOf("tenant", { tenant })),
  ];
  return folders.flatMap((folder) => tree.below(folder)).map((path) => ({ path, content: null }));
}

/** Exceptions about what is nowhere any more: namespaces of addons that no cluster has now, and files of clusters that go. */
function exceptionChanges(before: Content, after: Content, clusters: readonly string[]): Change[] {
  const namespacesOf = ({ tree, documents }: Content) => {
    const placed = new Set(placesIn(tree, "addon").map(({ addon }) => addon));
    return new Set(
      [...documents.addons].filter(([name]) => placed.has(name)).map(([, { document }]) => document.spec.namespace),
    );
  };
  const [had, has] = [namespacesOf(before), namespacesOf(after)];
  return withoutExceptions(after, (entry) => {
    const namespace = /^Namespace (\S+)$/.exec(stringAt(entry, "object") ?? "")?.[1] ?? "";
    return (had.has(namespace) && !has.has(namespace)) || isAboutCluster(entry, clusters);
  });
}
