import { UsageError } from "../core/errors.ts";
import { type Documents, unknownName } from "./documents.ts";
import type { Sources } from "./sources.ts";
import type { Tree } from "./tree.ts";

/** What lies in the repository, read but not rendered: plans are made from it. */
export interface Content {
  tree: Tree;
  sources: Sources;
  documents: Documents;
}

/** Refuses the name of a service that is not there, and says which there are. */
export function requireService({ tree }: Content, name: string): void {
  named("service", name, new Map(tree.list("apps/services").map((service) => [service, true])));
}

/** The document of a name somebody gave; an error that says which there are otherwise. */
export function named<T>(what: string, name: string, all: ReadonlyMap<string, T>): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const { message, fix } = unknownName(what, name, all.keys());
  throw new UsageError(`${message}: ${fix}`);
}
