import type { Environment } from "../model/generated.ts";
import type { ResourceId } from "../model/resource.ts";
import type { Difference } from "./compare.ts";

type Budget = Environment["spec"]["deletionBudget"];

/** What one environment loses, beside what one pull request may take from it. */
export interface Loss {
  environment: string;
  what: keyof Budget;
  removed: string[];
  allowed: number;
}

/** Label of a pull request whose deletions are meant. */
export const deletionLabel = "deletions-are-meant";

/**
 * Deletions by environment. Objects of an Application that is gone count as well: whether Argo CD deletes them or leaves
 * them as orphans, somebody has to have meant it.
 */
export function lossesOf(
  { removed, objects }: Difference,
  environmentOf: (cluster: string) => { name: string; budget: Budget } | undefined,
  isCustom: (cluster: string, id: ResourceId) => boolean,
): Loss[] {
  const losses = new Map<string, Loss>();
  const add = (cluster: string, what: keyof Budget, name: string) => {
    const environment = environmentOf(cluster);
    if (environment === undefined) return;
    const key = `${environment.name} ${what}`;
    const loss = losses.get(key) ?? {
      environment: environment.name,
      what,
      removed: [],
      allowed: environment.budget[what],
    };
    loss.removed.push(name);
    losses.set(key, loss);
  };
  for (const id of removed) add(id.split("/")[0]!, "applications", id);
  for (const { application, cluster, id, kind } of objects) {
    if (kind !== "removed") continue;
    const name = `${application}: ${id.kind} ${id.name}`;
    if (id.kind === "Namespace") add(cluster, "namespaces", name);
    else if (/^PersistentVolume(Claim)?$/.test(id.kind)) add(cluster, "volumes", name);
    else if (isCustom(cluster, id)) add(cluster, "customResources", name);
  }
  return [...losses.values()].toSorted((a, b) => (a.environment + a.what < b.environment + b.what ? -1 : 1));
}

export const isOverBudget = ({ removed, allowed }: Loss) => removed.length > allowed;
