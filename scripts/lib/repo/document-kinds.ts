import type { AnyDocument } from "../model/generated.ts";
import { addressOf, type Parts, pathOf, type PlaceKind } from "./address.ts";

interface Entry {
  /** Where Documents has them. */
  field: string;
  /** What it is about: one document a place. */
  place: PlaceKind;
  /** The file in that place. */
  file: string;
  schema: string;
  /** It need not be there. */
  optional?: true;
  /** Where this one is, there is none of that kind. */
  insteadOf?: AnyDocument["kind"];
}

/** The documents this repository defines. A new kind is an entry here, and its type (bun tools/types.ts). */
export const documentKinds = {
  Addon: {
    field: "addons",
    place: "addonDefinition",
    file: "addon.yaml",
    schema: "schemas/addon.json",
  },
  AddonLock: {
    field: "addonLocks",
    place: "addonDefinition",
    file: "lock.yaml",
    schema: "schemas/addon-lock.json",
    optional: true,
  },
  Cluster: { field: "clusters", place: "cluster", file: "facts/cluster.yaml", schema: "schemas/cluster.json" },
  Company: {
    field: "company",
    place: "apps",
    file: "company.yaml",
    schema: "schemas/company.json",
    optional: true,
  },
  Environment: {
    field: "environments",
    place: "environment",
    file: "facts/environment.yaml",
    schema: "schemas/environment.json",
  },
  Exceptions: {
    field: "exceptions",
    place: "apps",
    file: "exceptions.yaml",
    schema: "schemas/exceptions.json",
    optional: true,
  },
  External: {
    field: "external",
    place: "apps",
    file: "external.yaml",
    schema: "schemas/external.json",
    optional: true,
  },
  Metrics: {
    field: "metrics",
    place: "apps",
    file: "metrics.yaml",
    schema: "schemas/metrics.json",
    optional: true,
  },
  Retirement: {
    field: "retirements",
    place: "cluster",
    file: "retired.yaml",
    schema: "schemas/retirement.json",
    optional: true,
    insteadOf: "Cluster",
  },
  SecretRules: {
    field: "secretRules",
    place: "apps",
    file: "secrets.yaml",
    schema: "schemas/secrets.json",
    optional: true,
  },
  Tenant: { field: "tenants", place: "tenant", file: "facts/tenant.yaml", schema: "schemas/tenant.json" },
  Tombstone: {
    field: "tombstones",
    place: "tenant",
    file: "tombstone.yaml",
    schema: "schemas/tombstone.json",
    optional: true,
    insteadOf: "Tenant",
  },
} as const satisfies Record<AnyDocument["kind"], Entry>;

export type DocumentKind = keyof typeof documentKinds;
export type DocumentOf<Kind extends DocumentKind> = Extract<AnyDocument, { kind: Kind }>;
export type PlaceOf<Kind extends DocumentKind> = (typeof documentKinds)[Kind]["place"];

/** The kinds with all an entry may say. */
export const documentEntries = Object.entries(documentKinds) as [DocumentKind, Entry][];

/** Where one lies, there is none of a kind: what is left of a thing that is no more. */
export const fileInsteadOf = (kind: DocumentKind): string | undefined =>
  documentEntries.find(([, { insteadOf }]) => insteadOf === kind)?.[1].file;

/** Where the document of a kind about a place is. */
export function documentFile<Kind extends DocumentKind>(kind: Kind, parts: Parts<PlaceOf<Kind>>): string {
  return pathOf<PlaceKind>(documentKinds[kind].place, parts, documentKinds[kind].file);
}

/** The kind of document that belongs in a file; undefined for what is no document of ours. */
export function documentKindAt(file: string): DocumentKind | undefined {
  const address = addressOf(file);
  return documentEntries.find(([, entry]) => entry.place === address?.kind && entry.file === address.file)?.[0];
}
