import path from "node:path";

import type { Finding, Omission } from "../core/finding.ts";
import { isObject, type JsonObject, stringAt } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";
import type { AnyDocument } from "../model/generated.ts";
import type { Check } from "../model/schema.ts";
import { isSingle, type Parts, pathOf, placesIn } from "./address.ts";
import {
  documentEntries,
  type DocumentKind,
  documentKinds,
  type DocumentOf,
  fileInsteadOf,
  type PlaceOf,
} from "./document-kinds.ts";
import type { Sources } from "./sources.ts";
import type { Tree } from "./tree.ts";

/** A document that keeps to its schema, and where it lies. */
export interface Located<T> {
  file: string;
  document: T;
}

/**
 * Our own documents: by name those of which there are many, as `clusters`; else the one, as `external`. Only those that
 * keep to their schema are in it; findings tell of the others.
 */
export type Documents = {
  [Kind in DocumentKind as (typeof documentKinds)[Kind]["field"]]: [keyof Parts<PlaceOf<Kind>>] extends [never]
    ? Located<DocumentOf<Kind>> | undefined
    : Map<string, Located<DocumentOf<Kind>>>;
};

export type DocumentChecks = Record<DocumentKind, Check>;

/** Loads every document of the tree. */
export function loadDocuments(
  tree: Tree,
  sources: Sources,
  checks: DocumentChecks,
): { documents: Documents; findings: Finding[] } {
  const findings: Finding[] = [];
  const documents: Record<string, unknown> = {};
  for (const [kind, { field, place, file, optional }] of documentEntries) {
    const instead = fileInsteadOf(kind);
    const found = new Map<string, Located<AnyDocument>>();
    for (const parts of placesIn(tree, place)) {
      const at = (name: string) => pathOf(place, parts as never, name);
      if (instead !== undefined && tree.has(at(instead))) continue;
      if (optional === true && !tree.has(at(file))) continue;
      const names = Object.values<string>(parts);
      const located = load(kind, at(file), names.at(-1) ?? path.posix.basename(file, ".yaml"));
      if (located !== undefined) found.set(names.join("/"), located);
    }
    documents[field] = isSingle(place) ? found.get("") : found;
  }
  return { documents: documents as unknown as Documents, findings };

  function load(kind: DocumentKind, file: string, name: string): Located<AnyDocument> | undefined {
    if (!tree.has(file)) {
      const message = `there is no ${file}, so ${name} has no facts`;
      findings.push({
        rule: "missing-file",
        severity: "error",
        file,
        message,
        fix: `add ${file}, or remove the folder`,
      });
      return undefined;
    }
    const data = sources.data(file);
    if (data === undefined) return undefined; // The finding about its syntax is enough.
    if (!isObject(data)) {
      findings.push({
        rule: "document-schema",
        severity: "error",
        file,
        line: 1,
        message: "is not a mapping",
        fix: `write a ${kind}`,
      });
      return undefined;
    }
    const broken = checks[kind](data);
    for (const { path, at, message, fix } of broken) {
      findings.push({
        rule: "document-schema",
        severity: "error",
        file,
        ...sources.locate(file, path, at),
        message,
        fix,
      });
    }
    if (!hasName(file, data, name) || broken.length > 0) return undefined;
    return { file, document: data as unknown as AnyDocument };
  }

  function hasName(file: string, data: JsonObject, name: string): boolean {
    const own = stringAt(data, "metadata", "name");
    if (own === undefined || own === name) return true;
    const message = `is named ${own}, but its place is that of ${name}`;
    const place = sources.locate(file, ["metadata", "name"]);
    findings.push({
      rule: "document-name",
      severity: "error",
      file,
      ...place,
      message,
      fix: `name it ${name}, or move its folder`,
    });
    return false;
  }
}

/**
 * Files of documents that should be read and are not: missing, or with an error. What is computed from all documents of a
 * kind can't be where one of them is unknown. A cluster of an environment that is not there counts as well.
 */
export function unreadDocuments(
  { tree, documents }: { tree: Tree; documents: Documents },
  ...kinds: readonly ("Cluster" | "Environment" | "Tenant")[]
): string[] {
  return kinds.flatMap((kind) => {
    const { field, place, file } = documentKinds[kind];
    const instead = fileInsteadOf(kind);
    return placesIn(tree, place).flatMap((parts) => {
      const name = Object.values<string>(parts).join("/");
      if (instead !== undefined && tree.has(pathOf(place, parts as never, instead))) return [];
      const found = documents[field].get(name);
      const isUsable =
        found !== undefined &&
        (kind !== "Cluster" || documents.environments.has((found.document as DocumentOf<"Cluster">).spec.environment));
      return isUsable ? [] : [pathOf(place, parts as never, file)];
    });
  });
}

/** What is left out because documents that it is made of could not be read. */
export function notComputed(what: string, unread: readonly string[]): Omission | undefined {
  if (unread.length === 0) return undefined;
  const more = unread.length > 1 ? ` and ${unread.length - 1} more` : "";
  return { what, reason: `it is made from ${unread[0]}${more}, which could not be read` };
}

/** Every document, of whatever kind. */
export function allDocuments(documents: Documents): Located<AnyDocument>[] {
  return documentEntries.flatMap(([kind]): Located<AnyDocument>[] => {
    const found = documents[documentKinds[kind].field];
    return found === undefined ? [] : found instanceof Map ? [...found.values()] : [found];
  });
}

/** Names that a message lists at most. */
const listed = 30;

/** "there is no prodd; did you mean prod?" */
export function unknownName(what: string, name: string, known: Iterable<string>): { message: string; fix: string } {
  const names = [...known].toSorted();
  const meant = suggest(name, names);
  const rest = names.length > listed ? ` and ${names.length - listed} more` : "";
  const list = `${names.slice(0, listed).join(", ")}${rest}`;
  const fix =
    meant === undefined ? `use one of ${list}` : `did you mean ${meant}?${rest === "" ? ` There is ${list}` : ""}`;
  return { message: `there is no ${what} ${name}`, fix };
}
