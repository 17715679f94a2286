import { remembered } from "../core/remembered.ts";
import type { Tree } from "./tree.ts";

/**
 * Where each kind of thing lies, from the root of the repository. A name in braces is a part of its address. Paths are
 * made from this table and read by it; no other code knows them.
 */
export const places = {
  /** What can run, and single documents about it. */
  apps: "apps",
  service: "apps/services/{service}",
  chart: "apps/charts/{chart}",
  addonDefinition: "apps/addons/{addon}",
  storeDefinition: "apps/stores/{store}",
  platformDefinition: "apps/platform/{part}",
  tenantBase: "apps/tenant",
  grantBase: "apps/tenant/grant",
  placementBase: "apps/tenant/placement",
  tenantComponent: "apps/tenant/components/{component}",
  plan: "apps/tenant/components/plans/{plan}",
  isolation: "apps/tenant/components/isolation/{isolation}",
  routes: "apps/tenant/components/routes/{routes}",

  environment: "environments/{environment}",
  environmentPart: "environments/{environment}/{part}",

  clusterBase: "clusters/base",
  clusterComponent: "clusters/components/{component}",
  cluster: "clusters/{cluster}",
  clusterService: "clusters/{cluster}/services/{service}",
  store: "clusters/{cluster}/stores/{store}",
  addon: "clusters/{cluster}/addons/{addon}",
  platform: "clusters/{cluster}/platform/{part}",
  clusterSecret: "clusters/{cluster}/platform/secrets/{secret}.sops.yaml",
  grant: "clusters/{cluster}/grants/{tenant}",

  tenant: "tenants/{tenant}",
  placement: "tenants/{tenant}/{cluster}",
  tenantService: "tenants/{tenant}/{cluster}/services/{service}",
  tenantSecret: "tenants/{tenant}/{cluster}/{secret}.sops.yaml",

  runbook: "docs/runbooks/{runbook}.md",
} as const;

/** Names that a part never has, because something else lies there. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  cluster: ["base", "components", "facts"],
  part: ["facts"],
  component: ["isolation", "plans", "routes"],
};

/** Parts that are not any name: files of other names beside them are no secrets. */
const grammar: Readonly<Record<string, RegExp>> = { secret: /^[a-z0-9-]+$/ };

export type PlaceKind = keyof typeof places;
type PartOf<Pattern extends string> = Pattern extends `${string}{${infer Part}}${infer Rest}`
  ? Part | PartOf<Rest>
  : never;
/** The parts of an address of one kind, by name. */
export type Parts<Kind extends PlaceKind> = { [Part in PartOf<(typeof places)[Kind]>]: string };
/** A place, and what of a path lies below it: "" where the path is the place itself. */
export type AddressOf<Kind extends PlaceKind> = { kind: Kind; file: string } & Parts<Kind>;
export type Address = { [Kind in PlaceKind]: AddressOf<Kind> }[PlaceKind];

interface Segment {
  /** The name of the part; undefined for a segment that is fixed. */
  part: string | undefined;
  /** The fixed text, or what follows the part. */
  text: string;
}

interface Pattern {
  kind: PlaceKind;
  segments: Segment[];
  /** Whether the place is a single file, not a folder. */
  isFile: boolean;
}

const patterns = Object.entries(places).map(([kind, text]): Pattern => {
  const segments = text.split("/").map((segment): Segment => {
    const match = /^\{([a-z]+)\}(.*)$/.exec(segment);
    return match === null ? { part: undefined, text: segment } : { part: match[1]!, text: match[2]! };
  });
  return { kind: kind as PlaceKind, segments, isFile: /\.[a-z]+$/.test(text) };
});
const byKind = new Map(patterns.map((pattern) => [pattern.kind, pattern]));
/** By their first folder, the deepest first: what a path is is asked of every file, several times. */
const byFolder = Map.groupBy(
  patterns.toSorted((a, b) => b.segments.length - a.segments.length),
  ({ segments }) => segments[0]!.text,
);

/** Whether there is one place of a kind, not many. */
export function isSingle(kind: PlaceKind): boolean {
  return byKind.get(kind)!.segments.every(({ part }) => part === undefined);
}

/** The path of a place, or of a file in it. */
export function pathOf<Kind extends PlaceKind>(kind: Kind, parts: Parts<Kind>, file = ""): string {
  const given: Readonly<Record<string, string>> = parts;
  const { segments } = byKind.get(kind)!;
  const path = segments.map(({ part, text }) => (part === undefined ? text : given[part]! + text)).join("/");
  return file === "" ? path : `${path}/${file}`;
}

/** The deepest place that a file lies in, or is; undefined outside of all. A folder's path has a slash at its end. */
export const addressOf = remembered((path: string): Address | undefined => {
  const names = path.split("/");
  for (const pattern of byFolder.get(names[0]!) ?? []) {
    const found = match(pattern, names);
    if (found !== undefined) return found as Address;
  }
  return undefined;
});

/** The place of one kind that a file lies in, or is, however deep. A folder's path has a slash at its end. */
export function within<Kind extends PlaceKind>(kind: Kind, path: string): AddressOf<Kind> | undefined {
  const pattern = byKind.get(kind)!;
  // Most paths that are asked about lie elsewhere.
  if (!path.startsWith(pattern.segments[0]!.text)) return undefined;
  return match(pattern, path.split("/")) as AddressOf<Kind> | undefined;
}

/** Every place of a kind that a tree holds, in the order of their paths; only those with some parts, if any are given. */
export function placesIn<Kind extends PlaceKind>(
  tree: Tree,
  kind: Kind,
  wanted: Partial<Parts<Kind>> = {},
): Parts<Kind>[] {
  const given: Readonly<Record<string, string | undefined>> = wanted;
  const { segments, isFile } = byKind.get(kind)!;
  let found: { path: string; parts: Record<string, string> }[] = [{ path: "", parts: {} }];
  for (const [index, { part, text }] of segments.entries()) {
    const isLast = index === segments.length - 1;
    found = found.flatMap(({ path, parts }) => {
      const known = part === undefined ? text : given[part] === undefined ? undefined : given[part] + text;
      const names = known === undefined ? tree.list(path) : [known];
      return names.flatMap((name) => {
        const below = path === "" ? name : `${path}/${name}`;
        if (!(isLast && isFile ? tree.has(below) : tree.isFolder(below))) return [];
        if (part === undefined) return [{ path: below, parts }];
        const value = partIn(name, part, text);
        return value === undefined ? [] : [{ path: below, parts: { ...parts, [part]: value } }];
      });
    });
  }
  return found.map(({ parts }) => parts as Parts<Kind>);
}

function match({ kind, segments, isFile }: Pattern, names: readonly string[]): object | undefined {
  if (isFile ? names.length !== segments.length : names.length <= segments.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, { part, text }] of segments.entries()) {
    const name = names[index]!;
    if (part === undefined) {
      if (name !== text) return undefined;
      continue;
    }
    const value = partIn(name, part, text);
    if (value === undefined) return undefined;
    parts[part] = value;
  }
  return { kind, file: names.slice(segments.length).join("/"), ...parts };
}

/** The value of a part in the name of a file or folder. */
function partIn(name: string, part: string, suffix: string): string | undefined {
  if (!name.endsWith(suffix) || name.length === suffix.length) return undefined;
  const value = name.slice(0, name.length - suffix.length);
  return reserved[part]?.includes(value) === true || grammar[part]?.test(value) === false ? undefined : value;
}
