import { apiVersion } from "../core/company.ts";
import { canonical, type Json, listAt, stringAt, stringsAt } from "../core/json.ts";
import { type Entry, LayoutError, parse } from "./layout.ts";

/** A blob that a bundle rests on: who takes it has it already, in one of these repositories of its registry. */
export interface Rest {
  digest: string;
  size: number;
  repositories: string[];
}

/** What a bundle says of itself: the configuration of the artifact that carries its Git. */
export interface BundleInfo {
  clusters: string[];
  tenants: string[];
  /** Of the repository that it was made of. */
  revision: string;
  /** The revision whose bundle has to be there first; undefined for a whole one. */
  since?: string | undefined;
  /** Those of images; every one where none is named. */
  platforms: string[];
  /** What the Git in it is: the commit, and the tree, which follows from the revision alone. */
  git: { commit: string; tree: string };
  /** By which schemas its clusters were judged. */
  schemas: { file: string; digest: string }[];
  rests: Rest[];
}

export const bundleRepository = "murima2025/bundle";
export const artifactType = "application/vnd.murima2025.gitops.bundle.v1";
export const infoType = "application/vnd.murima2025.gitops.bundle.config.v1+json";
export const gitType = "application/vnd.murima2025.gitops.bundle.git.v1";
const kind = { apiVersion, kind: "Bundle" } as const;

export const infoText = (info: BundleInfo): string => `${canonical({ ...kind, ...info })}\n`;

/** The entry that is the bundle itself. */
export function bundleEntry(entries: readonly Entry[]): Entry {
  const own = entries.filter(({ repository }) => repository === bundleRepository);
  if (own.length !== 1)
    throw new LayoutError(`lists ${own.length} entries of ${bundleRepository}, where a bundle has one`);
  return own[0]!;
}

const hash = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const name = /^[a-z][a-z0-9-]*$/;

/** Reads it strictly: it is what a stranger carried here. */
export function readInfo(bytes: Uint8Array): BundleInfo {
  const body = parse(bytes, "what it says of itself");
  const refuse = (what: string): never => {
    throw new LayoutError(`says of itself what no bundle does: ${what}`);
  };
  if (stringAt(body, "apiVersion") !== kind.apiVersion || stringAt(body, "kind") !== kind.kind) refuse("its kind");
  const hashAt = (...path: string[]) => {
    const found = stringAt(body, ...path) ?? "";
    return hash.test(found) ? found : refuse(path.join("."));
  };
  const namesAt = (field: string) => {
    const found = stringsAt(body, field);
    return found.every((one) => name.test(one)) ? found : refuse(field);
  };
  const clusters = namesAt("clusters");
  if (clusters.length === 0) refuse("clusters");
  const rests = listAt(body, "rests").map((rest): Rest => {
    const size = (rest as { size?: Json }).size;
    const digest = stringAt(rest, "digest") ?? "";
    if (typeof size !== "number" || !/^sha256:[0-9a-f]{64}$/.test(digest)) refuse("rests");
    return { digest, size: size as number, repositories: stringsAt(rest, "repositories") };
  });
  const since = stringAt(body, "since");
  return {
    clusters,
    tenants: namesAt("tenants"),
    revision: hashAt("revision"),
    ...(since === undefined ? {} : { since: hashAt("since") }),
    platforms: stringsAt(body, "platforms"),
    git: { commit: hashAt("git", "commit"), tree: hashAt("git", "tree") },
    schemas: listAt(body, "schemas").map((item) => ({
      file: stringAt(item, "file") ?? "",
      digest: stringAt(item, "digest") ?? "",
    })),
    rests,
  };
}
