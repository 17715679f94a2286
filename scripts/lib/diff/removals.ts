import { holdsData, isReplaced, syncOptions } from "../argocd/protection.ts";
import { formatResource } from "../model/resource.ts";
import { applicationsOf } from "./fold.ts";
import type { Pair } from "./pairs.ts";

/** Data that goes, or an object that goes for a while. */
export interface Removal {
  object: string;
  applications: string[];
  fate: string;
}

/** What is deleted with data in it, and what is deleted to be changed. Alike ones together; sorted. */
export function removalsOf(pairs: readonly Pair[]): Removal[] {
  const found = pairs.flatMap((pair) => {
    const fate = fateOf(pair);
    return fate === undefined ? [] : [{ object: formatResource(pair.id), application: pair.application.id, fate }];
  });
  return [...Map.groupBy(found, ({ object, fate }) => `${object}\0${fate}`).values()]
    .map((group) => ({
      object: group[0]!.object,
      fate: group[0]!.fate,
      applications: applicationsOf(group),
    }))
    .toSorted((a, b) => (a.object < b.object ? -1 : 1));
}

function fateOf({ id, before, after }: Pair): string | undefined {
  if (before === undefined) return undefined;
  if (after !== undefined) return isReplaced(after.object) ? "is deleted, and made anew" : undefined;
  if (!holdsData(id)) return undefined;
  const options = syncOptions(before.object);
  if (options.some((option) => option === "Prune=false" || option === "Delete=false"))
    return "stays on the cluster, and nothing in Git describes it any more";
  const isAsked = options.includes("Prune=confirm") || options.includes("Delete=confirm");
  return isAsked ? "goes with its data as soon as somebody confirms it in Argo CD" : "goes with its data";
}
