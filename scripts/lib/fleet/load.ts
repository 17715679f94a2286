import { availableParallelism } from "node:os";

import { ToolError, UsageError } from "../core/errors.ts";
import type { Finding, Omission } from "../core/finding.ts";
import { engineOf, judgedVersions } from "../engine/engine.ts";
import { DefinitionStore } from "../io/definitions.ts";
import { findTools } from "../io/tools.ts";
import type { Kinds } from "../model/kinds.ts";
import { cachedRenderer } from "../render/cached.ts";
import { type Judge, judgeBy } from "../render/judged.ts";
import { linked } from "../render/linked.ts";
import { programs } from "../render/programs.ts";
import { renderFleet, type RenderResult } from "../render/render.ts";
import { type Archives, archivesOf } from "./archives.ts";
import type { Extent, Fleet } from "./fleet.ts";
import { readKinds } from "./knowledge.ts";
import type { Repository } from "./repository.ts";
import { checkApplicationNames, everything, selectedClusters, type Selection, skipReason } from "./selection.ts";
import { ValuesChecker } from "./values.ts";

export interface LoadOptions {
  /** What to render; everything if nothing is said. */
  selection?: Selection;
  progress?: ((done: number, total: number) => void) | undefined;
  /** Says of Applications at which a program failed what is known of the others; without it that is an error. */
  partial?: boolean;
}

export interface Loaded {
  fleet: Fleet;
  findings: Finding[];
  /** Clusters that could not be expanded. */
  notChecked: Omission[];
  /** Applications at which a program failed. */
  failed: Omission[];
  milliseconds: { read: number; render: number };
  /** Whom to ask what an API server says; undefined without the engine. */
  judge: Judge | undefined;
}

/** Expands the clusters of a repository and renders what is asked for. */
export async function loadFleet(
  repository: Repository,
  { selection = everything, progress, partial = false }: LoadOptions = {},
): Promise<Loaded> {
  const started = performance.now();
  const { tree, sources, documents } = repository;
  const findings = [...repository.findings];
  const chosen = selectedClusters(selection, repository.clusters);
  const byVersion = await readKinds();
  const kinds = new Map<string, Kinds>();
  for (const name of chosen) {
    // A cluster without facts, or of an unknown version, has none.
    const known = byVersion.get(documents.clusters.get(name)?.document.spec.kubernetesVersion ?? "");
    if (known !== undefined) kinds.set(name, known);
  }
  const expandable = chosen.filter((name) => kinds.has(name));
  const notChecked = chosen
    .filter((name) => !kinds.has(name))
    .map((name) => ({ what: `cluster ${name}`, reason: "its facts have errors" }));

  const archives = await archivesOf(repository, repository.env, expandable);
  findings.push(...archives.findings);
  const kindsFor: Fleet["kindsFor"] = (application) => archives.kinds(kinds.get(application.cluster)!, application);
  const withArchives = sources.of(archives.tree);
  const values = new ValuesChecker(archives.tree, withArchives);
  const timeout = timeoutOf(repository.env);
  const engine = await engineOf(repository.env, timeout);
  const renderer =
    engine === undefined
      ? await programs(archives.tree, await findTools(repository.env), timeout)
      : linked(engine, archives.tree);
  const judge = engine === undefined ? undefined : { engine, definitionsOf: await definitionsBy(repository, archives) };
  const kubernetesOf = (cluster: string) => documents.clusters.get(cluster)!.document.spec.kubernetesVersion;
  let result: RenderResult;
  try {
    result = await renderFleet({
      tree: archives.tree,
      sources: withArchives,
      documents,
      kinds: kindsFor,
      render: cachedRenderer(renderer, archives.tree, repository.cache),
      // While one is read here, the engine is at the next.
      workers: availableParallelism() * (engine === undefined ? 1 : 2),
      clusters: expandable,
      leaveOut: (application) => skipReason(selection, application),
      isBroken: (file) => repository.broken.has(file),
      beforeRender(application) {
        const own = values.findings(application);
        findings.push(...own);
        return own.length > 0 ? "its values break the chart's schema" : undefined;
      },
      ...(judge === undefined ? {} : { judge: judgeBy(judge, kubernetesOf, repository.cache) }),
      ...(progress === undefined ? {} : { progress }),
    });
  } finally {
    await renderer.close();
  }
  findings.push(...result.findings);
  if (result.failed.length > 0 && !partial) throw new ToolError(failureText(result.failed));
  checkApplicationNames(selection, result.applications);
  await repository.keep();

  const fleet: Fleet = {
    tree,
    sources,
    documents,
    applications: result.applications,
    extent: extentOf(selection, result.hasGaps || expandable.length < chosen.length),
    kinds: (name) => kinds.get(name)!,
    kindsFor,
    definedKinds: (cluster) => archives.defined(kinds.get(cluster)!, cluster),
    kindsOf: (version) => byVersion.get(version)!,
    kubernetesVersions: [...byVersion.keys()],
    values: values.values,
    valuesOfAnyChart: values.ofAnyChart,
    renderer: engine === undefined ? renderer.version : "the engine",
    judgedBy: engine === undefined ? undefined : judgedVersions.at(-1),
  };
  const milliseconds = { read: repository.milliseconds, render: performance.now() - started };
  return { fleet, findings, notChecked, failed: result.failed, milliseconds, judge };
}

/** Which Applications a program failed at, in a sentence. */
export function failureText(failed: readonly Omission[]): string {
  const [first, ...others] = failed;
  return `${first!.what}: ${first!.reason}${others.length === 0 ? "" : ` (and ${others.length} more Applications)`}`;
}

/** Milliseconds that a program may take for one render: GITOPS_TIMEOUT, in seconds, for slow machines. */
function timeoutOf(env: Repository["env"]): number {
  const seconds = Number(env["GITOPS_TIMEOUT"] ?? 60);
  if (!(seconds > 0))
    throw new UsageError(`GITOPS_TIMEOUT is ${JSON.stringify(env["GITOPS_TIMEOUT"])}: set it to seconds`);
  return seconds * 1000;
}

function extentOf({ clusters, applications, changed, shard }: Selection, hasGaps: boolean): Extent {
  if (applications.length > 0 || changed !== undefined || shard !== undefined || hasGaps) return "applications";
  return clusters.length > 0 ? "clusters" : "fleet";
}

/** Real definitions of a cluster's custom kinds: those of its own addons, and of any other kind what is at hand. */
async function definitionsBy({ env, cache }: Repository, archives: Archives) {
  const base = await DefinitionStore.read(env, cache);
  const stores = new Map<string, DefinitionStore>();
  return (cluster: string): DefinitionStore => {
    let own = stores.get(cluster);
    if (own === undefined) stores.set(cluster, (own = base.with(archives.definitions(cluster))));
    return own;
  };
}
