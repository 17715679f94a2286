import { availableParallelism } from "node:os";

import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Finding, Omission } from "../core/finding.ts";
import { kubernetesVersions, readContracts, readKubernetes } from "../io/schemas.ts";
import { findTools } from "../io/tools.ts";
import { Kinds } from "../model/kinds.ts";
import { cachedRenderer } from "../render/cached.ts";
import { programs } from "../render/programs.ts";
import { renderFleet, type RenderResult } from "../render/render.ts";
import { writeClean } from "./clean-files.ts";
import type { Extent, Fleet } from "./fleet.ts";
import { readRepository, type Repository } from "./repository.ts";
import { checkApplicationNames, leftOut, selectedClusters, type Selection } from "./selection.ts";
import { ValuesChecker } from "./values.ts";

export interface LoadOptions {
  root: string;
  env: Record<string, string | undefined>;
  selection: Selection;
  /** Whether to keep and use what earlier runs found. */
  cache: boolean;
  /** Files to see as if they were written: a writer asks before it writes. */
  changes?: readonly Change[];
  /** A commit to read instead of the working folder. */
  revision?: string | undefined;
  /** The day by which exceptions are judged, YYYY-MM-DD; that of the machine if nothing is said. */
  today?: string;
  progress?: (done: number, total: number) => void;
}

export interface Loaded {
  fleet: Fleet;
  findings: Finding[];
  /** Clusters that could not be expanded. */
  notChecked: Omission[];
  milliseconds: { read: number; render: number };
}

/** Reads a repository, expands its clusters and renders what is asked for. */
export async function loadFleet(options: LoadOptions): Promise<Loaded> {
  const started = performance.now();
  const { selection } = options;
  const repository = await readRepository(options.root, options.env, options.cache, options.changes, options.revision);
  const { tree, sources, documents, findings } = repository;
  const wanted = selectedClusters(selection, repository.clusters);
  const { kinds, versions, byVersion } = await kindsByCluster(repository, wanted);
  const expandable = wanted.filter((name) => kinds.has(name));
  const notChecked = wanted
    .filter((name) => !kinds.has(name))
    .map((name) => ({ what: `cluster ${name}`, reason: "its facts have errors" }));

  const values = new ValuesChecker(tree, sources);
  const read = performance.now();
  const result = await render(options, repository, values, kinds, expandable);
  findings.push(...result.findings);
  checkApplicationNames(selection, result.applications);
  await writeClean(repository.cache, tree, sources);

  const fleet: Fleet = {
    tree,
    sources,
    documents,
    applications: result.applications,
    extent: extentOf(selection, result.hasGaps || expandable.length < wanted.length),
    kinds: (name) => kinds.get(name)!,
    kindsOf: (version) => byVersion.get(version)!,
    kubernetesVersions: versions,
    values: values.values,
  };
  return { fleet, findings, notChecked, milliseconds: { read: read - started, render: performance.now() - read } };
}

async function render(
  options: LoadOptions,
  { tree, sources, documents, broken, findings, cache }: Repository,
  values: ValuesChecker,
  kinds: ReadonlyMap<string, Kinds>,
  clusters: readonly string[],
): Promise<RenderResult> {
  const tools = await findTools(options.env);
  const renderer = await programs(tree, tools, renderTimeout(options.env));
  try {
    return await renderFleet({
      tree,
      sources,
      documents,
      kinds: (name) => kinds.get(name)!,
      render: cachedRenderer(renderer, tree, cache),
      workers: availableParallelism(),
      clusters,
      leaveOut: (application) => leftOut(options.selection, application),
      isBroken: (file) => broken.has(file),
      beforeRender(application) {
        const own = values.findings(application);
        findings.push(...own);
        return own.length > 0 ? "its values break the chart's schema" : undefined;
      },
      ...(options.progress === undefined ? {} : { progress: options.progress }),
    });
  } finally {
    await renderer.close();
  }
}

/** Milliseconds that a program may take for one render: GITOPS_TIMEOUT, in seconds, for slow machines. */
function renderTimeout(env: LoadOptions["env"]): number {
  const seconds = Number(env["GITOPS_TIMEOUT"] ?? 60);
  if (!(seconds > 0))
    throw new UsageError(`GITOPS_TIMEOUT is ${JSON.stringify(env["GITOPS_TIMEOUT"])}: set it to seconds`);
  return seconds * 1000;
}

function extentOf({ clusters, applications, changed }: Selection, hasGaps: boolean): Extent {
  if (applications.length > 0 || changed !== undefined || hasGaps) return "applications";
  return clusters.length > 0 ? "clusters" : "fleet";
}

/** What each cluster's API server knows. A cluster without facts, or of an unknown version, is not in it. */
async function kindsByCluster({ documents }: Repository, clusters: readonly string[]) {
  const versions = await kubernetesVersions();
  const contracts = await readContracts();
  const byVersion = new Map<string, Kinds>();
  for (const version of versions) byVersion.set(version, new Kinds(await readKubernetes(version), contracts));
  const kinds = new Map<string, Kinds>();
  for (const name of clusters) {
    const known = byVersion.get(documents.clusters.get(name)?.document.spec.kubernetesVersion ?? "");
    if (known !== undefined) kinds.set(name, known);
  }
  return { kinds, versions, byVersion };
}
