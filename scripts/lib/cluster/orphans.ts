import { type JsonObject, stringAt } from "../core/json.ts";
import type { Application } from "../render/application.ts";
import { type Deletion, deletionOf, deployedBy } from "./deletion.ts";

/** An Application that a cluster has and Git names no more, and what it still holds. */
export interface Orphan {
  name: string;
  objects: JsonObject[];
  deletion: Deletion | undefined;
}

/** Orphans of a cluster. Applications that could not be expanded are named by Git all the same: they are none. */
export function orphansOf(live: readonly JsonObject[], expected: readonly Application[]): Orphan[] {
  const named = new Set(expected.map(({ name }) => name));
  return live
    .map((application) => ({
      name: stringAt(application, "metadata", "name") ?? "",
      objects: deployedBy(application),
      deletion: deletionOf(application),
    }))
    .filter(({ name }) => !named.has(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
