import { type JsonObject, listAt, stringAt } from "../core/json.ts";
import type { Application } from "../render/application.ts";

/** An Application that a cluster has and Git names no more, and what it still holds. */
export interface Orphan {
  name: string;
  objects: string[];
}

/** Orphans of a cluster. Applications that could not be expanded are named by Git all the same: they are none. */
export function orphansOf(live: readonly JsonObject[], expected: readonly Application[]): Orphan[] {
  const named = new Set(expected.map(({ name }) => name));
  return live
    .map((application) => ({
      name: stringAt(application, "metadata", "name") ?? "",
      objects: listAt(application, "status", "resources").map((resource) => {
        const namespace = stringAt(resource, "namespace");
        return `${stringAt(resource, "kind") ?? ""} ${namespace === undefined ? "" : `${namespace}/`}${stringAt(resource, "name") ?? ""}`;
      }),
    }))
    .filter(({ name }) => !named.has(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
