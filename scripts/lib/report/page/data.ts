import type { Severity } from "../../core/finding.ts";
import type { Json } from "../../core/json.ts";
import type { ClusterRow } from "../summary.ts";

/**
 * What the fleet page shows. The page in web/ takes these types and nothing else of the reports: all words are made here, so
 * that it says what the commands say.
 */
export interface PageData {
  /** What a reader has to know before anything else. */
  notices: Notice[];
  clusters: ClusterRow[];
  versions: Versions;
  promotions: Promotion[];
  tenants: TenantRow[];
  reachability: ReachabilityData[];
  findings: FindingRow[];
  /** What was not judged, and what rendered. */
  left: string[];
  applications: ApplicationRow[];
  difference?: PageDifference;
}

export interface Notice {
  severity: Severity | "note";
  text: string;
  /** The view that tells more. */
  view?: string;
}

export interface Versions {
  services: string[];
  addons: string[];
  rows: VersionRow[];
  orphans: string[];
}

/** What one place runs: by name of a service or addon. */
export interface VersionRow {
  cluster: string;
  tenant?: string;
  environment: string;
  ring: number;
  services: Record<string, Version>;
  addons: Record<string, Version>;
}

export interface Version {
  tag: string;
  state?: "behind" | "held";
  /** Why: what is newer, or the hold. */
  note?: string;
}

export interface Promotion {
  from: string;
  to: string;
  state: string;
  command?: string;
}

export interface TenantRow {
  tenant: string;
  called: string;
  state: string;
  plan: string;
  isolation: string;
  ring: number;
  hosts: string[];
  recoveryPoint: string;
  placements: TenantPlacement[];
  file: string;
}

export interface TenantPlacement {
  cluster: string;
  isRouted: boolean;
  /** What the stores there can give back; empty where none keeps data or nothing is rendered. */
  recovery: string;
  quota: QuotaUse[];
}

export interface QuotaUse {
  name: string;
  used: string;
  limit: string;
  /** In hundredths. */
  share: number;
}

export interface ReachabilityData {
  cluster: string;
  tenants: string[];
  isolated: boolean;
  leaks: { from: string; to: string; out: string; into: string }[];
  flows: { from: string; to: string; ports: string; dependsOnPlugin?: string }[];
  outside: { from: string; to: string; ranges: string[]; ports: string }[];
  assumptions: string[];
  unproven: string[];
}

export interface FindingRow {
  severity: Severity;
  rule: string;
  place: string;
  object: string;
  message: string;
  fix: string;
  applications: string[];
}

export interface ApplicationRow {
  id: string;
  cluster: string;
  project: string;
  namespace: string;
  source: string;
  notRendered?: string;
  objects: ObjectRow[];
  /** The block of its values. */
  values: number;
}

export interface ObjectRow {
  kind: string;
  namespace: string;
  name: string;
  file: string;
  at: ObjectPlace;
}

/** Where an object lies as a whole. */
export interface ObjectPlace {
  block: number;
  index: number;
}

/** What is kept apart from the rest of the page, and unpacked when it is looked at. */
export type ObjectBlock = Json[];
/** By Applications. */
export type ValueBlock = Record<string, ValueRow[]>;

export interface ValueRow {
  path: string;
  value: Json;
  /** The file and line, or the layer. */
  from: string;
}

export interface PageDifference {
  base: string;
  headline: string;
  sections: { title: string; isOpen: boolean; lines: { depth: number; text: string }[] }[];
  changes: ChangeRow[];
}

export interface ChangeRow {
  application: string;
  object: string;
  change: "added" | "changed" | "removed";
  before: ObjectPlace | null;
  after: ObjectPlace | null;
}
