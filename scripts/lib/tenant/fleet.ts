import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Tenant } from "../model/generated.ts";
import { type Documents, type Located, unknownName } from "../repo/documents.ts";
import { codeownersFile } from "../repo/layout.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import { codeownersProblem, withTenants } from "./codeowners.ts";
import { grantFile } from "./placement.ts";

/** What plans about tenants are made from. */
export interface TenantFleet {
  tree: Tree;
  sources: Sources;
  documents: Documents;
}

export function findTenant({ documents }: TenantFleet, id: string): Located<Tenant> {
  const found = documents.tenants.get(id);
  if (found !== undefined) return found;
  if (documents.tombstones.has(id)) throw new UsageError(`${id} has left: only its tombstone is here`);
  const { message, fix } = unknownName("tenant", id, documents.tenants.keys());
  throw new UsageError(`${message}: ${fix}`);
}

/** Clusters that have a grant for a tenant. */
export function clustersOf({ tree, documents }: TenantFleet, id: string): string[] {
  return [...documents.clusters.keys()].filter((cluster) => tree.has(grantFile(id, cluster))).toSorted();
}

/** Whether a tenant's hosts lead to this cluster. */
export function isRouted({ tree }: TenantFleet, id: string, cluster: string): boolean {
  return /components\/routes\//.test(tree.text(grantFile(id, cluster)));
}

/** CODEOWNERS as it has to be once some tenants have these owners; null takes one out. */
export function codeownersChange(
  { tree, documents }: TenantFleet,
  changed: ReadonlyMap<string, readonly string[] | null>,
): Change {
  const owners = new Map<string, readonly string[]>();
  for (const [id, { document }] of documents.tenants) owners.set(id, document.spec.owners);
  for (const [id, who] of changed) {
    if (who === null) owners.delete(id);
    else owners.set(id, who);
  }
  const content = tree.has(codeownersFile) ? withTenants(tree.text(codeownersFile), owners) : undefined;
  if (content === undefined) throw new UsageError(`${codeownersProblem()}: add it first`);
  return { path: codeownersFile, content };
}
