import type { JsonObject } from "../core/json.ts";
import type { Kinds } from "../model/kinds.ts";
import type { Application } from "../render/application.ts";
import type { Documents } from "../repo/documents.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import type { Layer } from "../repo/values.ts";

/** What rules look at: the repository, and everything it renders to. */
export interface Fleet {
  tree: Tree;
  sources: Sources;
  documents: Documents;
  /** Sorted by id. Those that were not rendered have no objects. */
  applications: readonly Application[];
  /** How much of the repository is among them: only where all of it is, absence is proof. */
  extent: Extent;
  kinds: (cluster: string) => Kinds;
  /** Likewise for what an Application renders: an upstream chart is held against its own definitions too. */
  kindsFor: (application: Pick<Application, "cluster" | "folder">) => Kinds;
  /** What a cluster knows by the definitions that its addons bring, as far as their archives are here. */
  definedKinds: (cluster: string) => Kinds;
  /** What a stock API server of a minor version knows, and the kinds under contract. */
  kindsOf: (version: string) => Kinds;
  /** Minor versions of Kubernetes that there are schemas for. */
  kubernetesVersions: readonly string[];
  /** What rendered it, for people. */
  renderer: string;
  /** Which Kubernetes' own code was asked about the objects, as 1.36; undefined where none was. */
  judgedBy: string | undefined;
  /** Values of an Application that renders a chart of ours, merged, and the layers they come from. */
  values: (application: Application) => { merged: JsonObject; layers: readonly Layer[] } | undefined;
  /** Those of charts of upstream as well. */
  valuesOfAnyChart: Fleet["values"];
}

/** Rendered are: every Application, every one of some clusters, only some of a cluster. */
export type Extent = "fleet" | "clusters" | "applications";
