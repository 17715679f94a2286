import { availableParallelism } from "node:os";
import path from "node:path";

import { type Finding, type Omission, sortFindings } from "../core/finding.ts";
import { Cache, cacheFolder } from "../io/cache.ts";
import { readTree } from "../io/files.ts";
import { kubernetesVersions, readContracts, readKubernetes, readSchema } from "../io/schemas.ts";
import { findTools } from "../io/tools.ts";
import { Kinds } from "../model/kinds.ts";
import { compile } from "../model/schema.ts";
import { cachedRenderer } from "../render/cached.ts";
import type { Application } from "../render/fleet.ts";
import { programs } from "../render/programs.ts";
import { renderFleet } from "../render/render.ts";
import { loadDocuments } from "../repo/documents.ts";
import { clusterOf, documentSchemas } from "../repo/layout.ts";
import { Sources } from "../repo/sources.ts";
import { readClean, writeClean } from "./clean.ts";
import { checkFiles } from "./files.ts";
import type { Extent, Fleet, Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { checkApplicationNames, leftOut, selectedClusters, type Selection } from "./selection.ts";
import { ValuesChecker } from "./values.ts";

export interface ValidateOptions {
  root: string;
  env: Record<string, string | undefined>;
  selection: Selection;
  /** Whether to keep and use what earlier runs found. */
  cache: boolean;
  /** Milliseconds that a program may take for one render. */
  timeout?: number;
  progress?: (done: number, total: number) => void;
}

export interface Validation {
  fleet: Fleet;
  findings: Finding[];
  /** Rules that could not judge, and clusters that could not be expanded. */
  notChecked: Omission[];
  milliseconds: { read: number; render: number; check: number };
}

/** Reads, expands, renders and checks the fleet of a repository. */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const started = performance.now();
  const { tree, findings } = await readTree(options.root);
  const cache = options.cache ? new Cache(path.join(cacheFolder(options.env), "render")) : undefined;
  const sources = new Sources(tree, await readClean(cache));
  const [cluster, environment, external, kustomization, versions] = await Promise.all([
    readSchema(documentSchemas.Cluster),
    readSchema(documentSchemas.Environment),
    readSchema(documentSchemas.External),
    readSchema("schemas/kustomization.json"),
    kubernetesVersions(),
  ]);
  const files = checkFiles(tree, sources, compile(kustomization));
  findings.push(...files.findings);
  const checks = { Cluster: compile(cluster), Environment: compile(environment), External: compile(external) };
  const loaded = loadDocuments(tree, sources, checks);
  findings.push(...loaded.findings);
  const { documents } = loaded;

  const notChecked: Omission[] = [];
  const folders = tree.list("clusters").filter((name) => clusterOf(`clusters/${name}`) !== undefined);
  const wanted = selectedClusters(options.selection, documents, folders);
  for (const name of folders) {
    if (
      documents.clusters.has(name) ||
      (options.selection.clusters.length > 0 && !options.selection.clusters.includes(name))
    )
      continue;
    notChecked.push({ what: `cluster ${name}`, reason: "its facts have errors" });
  }
  const kindsOf = await kindsByCluster(
    wanted,
    (name) => documents.clusters.get(name)!.document.spec.kubernetesVersion,
    versions,
  );
  const expandable = wanted.filter((name) => kindsOf.has(name));
  for (const name of wanted.filter((name) => !kindsOf.has(name))) {
    notChecked.push({ what: `cluster ${name}`, reason: "there is no schema for its version of Kubernetes" });
  }

  const values = new ValuesChecker(tree, sources);
  const read = performance.now();
  const renderer = await programs(
    tree,
    await findTools(options.env),
    options.timeout === undefined ? {} : { timeout: options.timeout },
  );
  let result;
  try {
    result = await renderFleet({
      tree,
      sources,
      documents,
      kinds: (name) => kindsOf.get(name)!,
      render: cachedRenderer(renderer, tree, cache),
      workers: availableParallelism(),
      clusters: expandable,
      leaveOut: (application) => leftOut(options.selection, application),
      isBroken: (file) => files.broken.has(file),
      beforeRender(application: Application) {
        const own = values.findings(application);
        findings.push(...own);
        return own.length > 0 ? "its values break the chart's schema" : undefined;
      },
      ...(options.progress === undefined ? {} : { progress: options.progress }),
    });
  } finally {
    await renderer.close();
  }
  findings.push(...result.findings);
  checkApplicationNames(options.selection, result.applications);
  await writeClean(cache, tree, sources);
  const rendered = performance.now();

  const fleet: Fleet = {
    tree,
    sources,
    documents,
    applications: result.applications,
    extent: extentOf(options.selection, expandable.length === folders.length),
    kinds: (name) => kindsOf.get(name)!,
    kubernetesVersions: versions,
    values: values.values,
  };
  findings.push(...runRules(fleet, notChecked));
  const checked = performance.now();
  return {
    fleet,
    findings: sortFindings(findings),
    notChecked,
    milliseconds: { read: read - started, render: rendered - read, check: checked - rendered },
  };
}

/** Runs every rule that can judge what is there; says of the others why they can't. */
export function runRules(fleet: Fleet, notChecked: Omission[], chosen: readonly Rule[] = rules): Finding[] {
  const findings: Finding[] = [];
  const order: readonly Extent[] = ["applications", "clusters", "fleet"];
  for (const rule of chosen) {
    if (order.indexOf(fleet.extent) < order.indexOf(rule.needs ?? "applications")) {
      notChecked.push({
        what: `rule ${rule.id}`,
        reason: `it needs every Application of the ${rule.needs ?? "fleet"}`,
      });
      continue;
    }
    for (const finding of rule.check(fleet)) findings.push({ rule: rule.id, severity: rule.severity, ...finding });
  }
  return findings;
}

function extentOf({ clusters, applications, changed }: Selection, allClusters: boolean): Extent {
  if (applications.length > 0 || changed !== undefined) return "applications";
  return clusters.length > 0 || !allClusters ? "clusters" : "fleet";
}

async function kindsByCluster(
  clusters: readonly string[],
  versionOf: (cluster: string) => string,
  known: readonly string[],
): Promise<Map<string, Kinds>> {
  const versions = [...new Set(clusters.map(versionOf))].filter((version) => known.includes(version));
  const contracts = await readContracts();
  const kinds = new Map<string, Kinds>();
  for (const version of versions) kinds.set(version, new Kinds(await readKubernetes(version), contracts));
  return new Map(clusters.flatMap((name) => (kinds.has(versionOf(name)) ? [[name, kinds.get(versionOf(name))!]] : [])));
}
