import { dayAfter } from "../core/clock.ts";
import { UsageError } from "../core/errors.ts";
import { isObject, type Json, type JsonObject, stringAt } from "../core/json.ts";
import { parseCidr } from "../model/cidr.ts";
import type { Cluster, Environment } from "../model/generated.ts";
import { cidrsOf } from "../model/ranges.ts";
import { type Content, named } from "../repo/content.ts";
import { blockOf, type ClusterRanges } from "./free-ranges.ts";

type Spec = Cluster["spec"];

/** What is known of a new cluster before its facts are whole. */
export interface Wanted {
  name: string;
  /** What a person, or the program that made its machines, says: a part of the spec. It wins. */
  given: JsonObject;
  ranges: ClusterRanges;
  /** The cluster to be like; the nearest one if absent. */
  like?: string | undefined;
}

/** Where a model's machines are, unless it is said otherwise. Of a hybrid deployment one half is on each side. */
const providers: Readonly<Record<Spec["model"], Spec["provider"] | undefined>> = {
  "multi-tenant": "aws",
  "single-tenant": "aws",
  "on-premises": "on-premises",
  hybrid: undefined,
};

const plugins: Readonly<Record<Spec["provider"], Spec["cni"]["name"]>> = {
  aws: "cilium",
  kind: "kindnet",
  "on-premises": "calico",
};

/**
 * Facts of a new cluster as far as they follow from what is given, from its place in the fleet, and from a cluster that is
 * like it: who is told of alerts, where its staff comes from, which registry it pulls from. Of a customer's machines
 * nothing is taken from another customer's.
 */
export function draftFacts(content: Content, { name, given, ranges, like }: Wanted): JsonObject {
  const ladder = stringAt(given, "environment") ?? "";
  const environment = named("environment", ladder, content.documents.environments).document.spec;
  const provider = (given["provider"] ?? providers[given["model"] as Spec["model"]]) as Spec["provider"] | undefined;
  if (provider === undefined)
    throw new UsageError(`${name}: name who runs its machines with --provider: aws, kind or on-premises`);
  const near =
    like === undefined
      ? nearest(content, given, provider)
      : named("cluster", like, content.documents.clusters).document;
  const isPlatforms = provider !== "on-premises";
  const ofLike = near === undefined ? {} : moved(near, name, ranges);
  const base: JsonObject = {
    ring: lastRing(content, ladder),
    provider,
    ...pick(ofLike, ["kubernetesVersion", "repository"]),
    cni: { name: plugins[provider], enforcesNetworkPolicies: true },
    cidrs: { nodes: ranges.nodes, pods: ranges.pods, services: ranges.services },
    ...(isPlatforms && near?.spec.provider === provider ? ofPlatform(ofLike, name) : {}),
    ...residency(content, given["region"]),
    ...rehearsals(environment),
  };
  const whole = merged(base, given);
  return { ...whole, stores: merged(storesOf(provider, ofLike, ranges), objectOf(given["stores"])) };
}

/** What clusters that the platform runs have in common. */
function ofPlatform(like: JsonObject, name: string): JsonObject {
  const domain = (stringAt(like, "domain") ?? "").split(".").slice(1).join(".");
  return { domain: `${name.replace(/^prod-/, "")}.${domain}`, ...pick(like, ["registry", "alerts", "staff"]) };
}

function storesOf(provider: Spec["provider"], like: JsonObject, { stores }: ClusterRanges): JsonObject {
  const { domain } = objectOf(like["stores"]);
  if (provider === "aws") return { mode: "managed", ...(domain === undefined ? {} : { domain }), cidrs: [stores] };
  if (provider === "kind")
    return {
      mode: "operator",
      storageClass: "standard",
      noBackup: { reason: "a cluster for trying things, whose data is made by seeds" },
    };
  return { mode: "operator", storageClass: "local-path" };
}

/** Where data of a region lies, another cluster of it says. */
function residency({ documents }: Content, region: Json | undefined): JsonObject {
  const found = [...documents.clusters.values()].find(({ document }) => document.spec.region === region)?.document.spec;
  return found?.residency === undefined ? {} : { residency: found.residency };
}

/** By when every store has to have been restored for the first time. */
function rehearsals({ recovery }: Environment["spec"]): JsonObject {
  const days = recovery?.rehearsal;
  return days === undefined ? {} : { rehearsals: { next: dayAfter(days) } };
}

/** A new cluster is the last of its environment to take a change, until somebody says otherwise. */
function lastRing({ documents }: Content, environment: string): number {
  const rings = [...documents.clusters.values()]
    .filter(({ document }) => document.spec.environment === environment)
    .map(({ document }) => document.spec.ring);
  return Math.max(1, ...rings);
}

/** The cluster that has most in common: machines, environment, model; of several the first by name. */
export function nearest({ documents }: Content, given: JsonObject, provider: Spec["provider"]): Cluster | undefined {
  const score = ({ spec }: Cluster) =>
    (spec.provider === provider ? 4 : 0) +
    (spec.environment === given["environment"] ? 2 : 0) +
    (spec.model === given["model"] ? 1 : 0);
  return [...documents.clusters.values()]
    .map(({ document }) => document)
    .toSorted((a, b) => score(b) - score(a) || (a.metadata.name < b.metadata.name ? -1 : 1))[0];
}

/** Facts of another cluster as they would be of this one: its name is this one's, and its ranges are where this one's are. */
function moved({ metadata, spec }: Cluster, name: string, ranges: ClusterRanges): JsonObject {
  const from = blockOf(spec.cidrs.nodes);
  const to = blockOf(ranges.nodes);
  const text = (value: string): string => {
    const range = parseCidr(value);
    if (typeof range === "string") return value.replaceAll(metadata.name, name);
    if (from === undefined || to === undefined || range.first < from.first || range.last > from.last) return value;
    const shift = to.first - from.first;
    return cidrsOf([{ first: range.first + shift, last: range.last + shift }])[0]!;
  };
  const walk = (value: Json): Json =>
    typeof value === "string"
      ? text(value)
      : Array.isArray(value)
        ? value.map(walk)
        : isObject(value)
          ? Object.fromEntries(Object.entries(value).map(([key, own]) => [key, walk(own)]))
          : value;
  return walk(spec) as JsonObject;
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const pick = (from: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));

/** The second over the first: maps are joined, everything else is replaced. */
export function merged(first: JsonObject, second: JsonObject): JsonObject {
  const found = { ...first };
  for (const [key, value] of Object.entries(second))
    found[key] = isObject(value) && isObject(found[key]) ? merged(found[key], value) : value;
  return found;
}
