import { UsageError } from "../core/errors.ts";
import { placesIn } from "./address.ts";
import { type Documents, unknownName } from "./documents.ts";
import type { Sources } from "./sources.ts";
import type { Tree } from "./tree.ts";

/** What lies in the repository, read but not rendered: plans are made from it. */
export interface Content {
  tree: Tree;
  sources: Sources;
  documents: Documents;
}

/** Refuses a name that somebody gave and nothing has, and says which there are. */
export function expectName(what: string, name: string, known: Iterable<string>, where = ""): void {
  const names = new Set(known);
  if (names.has(name)) return;
  const { message, fix } = unknownName(what, name, names);
  throw new UsageError(`${message}${where}: ${fix}`);
}

/** The document of a name that somebody gave; an error that says which there are otherwise. */
export function named<T>(what: string, name: string, all: ReadonlyMap<string, T>): T {
  expectName(what, name, all.keys());
  return all.get(name)!;
}

/** Refuses the name of a service that is not there, and says which there are. */
export function requireService({ tree }: Content, name: string): void {
  expectName("service", name, serviceNames(tree));
}

/** Every service that there is, deployed or not. */
export function serviceNames(tree: Tree): string[] {
  return placesIn(tree, "service").map(({ service }) => service);
}
