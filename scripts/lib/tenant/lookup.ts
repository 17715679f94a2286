import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Tenant } from "../model/generated.ts";
import { within } from "../repo/address.ts";
import { type Content, named } from "../repo/content.ts";
import { type Located, unreadDocuments } from "../repo/documents.ts";
import { componentsOf } from "../repo/kustomization.ts";
import { codeownersFile } from "../repo/layout.ts";
import { codeownersProblem, withTenants } from "./codeowners.ts";
import { grantFile } from "./placement.ts";

export function findTenant({ documents }: Content, id: string): Located<Tenant> {
  if (documents.tombstones.has(id)) throw new UsageError(`${id} has left: only its tombstone is here`);
  return named("tenant", id, documents.tenants);
}

/** Clusters that have a grant for a tenant. */
export function clustersOf({ tree, documents }: Content, id: string): string[] {
  return [...documents.clusters.keys()].filter((cluster) => tree.has(grantFile(id, cluster))).toSorted();
}

/** Whether a tenant's hosts lead to this cluster. */
export function isRouted({ sources }: Content, id: string, cluster: string): boolean {
  const file = grantFile(id, cluster);
  return componentsOf(file, sources.data(file)).some((component) => within("routes", `${component}/`) !== undefined);
}

/** CODEOWNERS as it has to be once some tenants have these owners; null takes one out. */
export function codeownersChange(content: Content, changed: ReadonlyMap<string, readonly string[] | null>): Change {
  const { tree, documents } = content;
  const [unread] = unreadDocuments(content, "Tenant");
  if (unread !== undefined)
    throw new UsageError(
      `${codeownersFile} is made from ${unread}, which has errors: bun run validate names them; correct them first`,
    );
  const owners = new Map<string, readonly string[]>();
  for (const [id, { document }] of documents.tenants) owners.set(id, document.spec.owners);
  for (const [id, who] of changed) {
    if (who === null) owners.delete(id);
    else owners.set(id, who);
  }
  const wanted = tree.has(codeownersFile) ? withTenants(tree.text(codeownersFile), owners) : undefined;
  if (wanted === undefined) throw new UsageError(`${codeownersProblem()}: add it first`);
  return { path: codeownersFile, content: wanted };
}
