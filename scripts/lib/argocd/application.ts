import path from "node:path";

import { type JsonObject, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";
import type { Tree } from "../repo/tree.ts";
import { type AbsentArchive, chartRequest, isChartSource } from "./chart-source.ts";
import { helmSettings } from "./helm-settings.ts";
import { pullProblems, type PullSource } from "./pull-source.ts";

/** A chart to render. Paths are from the root of the repository, or of where archives lie beside it. */
export interface HelmRequest {
  tool: "helm";
  chart: string;
  releaseName: string;
  namespace: string;
  kubeVersion: string;
  apiVersions: string[];
  /** Those that are there, weakest first. */
  valueFiles: string[];
  /** Those that may be there and are not. Argo CD passes over them; a render is another one once they come. */
  absentValueFiles: string[];
  /** The strongest layer: `valuesObject`. */
  values: JsonObject;
  /** Definitions of an upstream chart are an Application of their own, and its tests are nobody's. */
  skipCrds?: true;
  skipTests?: true;
}

export interface KustomizeRequest {
  tool: "kustomize";
  path: string;
}

/** What has to be rendered for an Application. */
export type RenderRequest = HelmRequest | KustomizeRequest;

/** A part of an Application's source that is not there, as a sentence. */
export interface SourceProblem {
  rule: "missing-file" | "application-source";
  message: string;
  fix: string;
  /** The file that is not there. */
  missing?: string;
}

/** Reads an Application's source as Argo CD's repo server would, or says why it can't. */
export function renderRequest(
  application: JsonObject,
  tree: Tree,
  pull: PullSource,
): RenderRequest | AbsentArchive | SourceProblem[] {
  const spec = objectAt(application, "spec");
  if (isChartSource(spec)) return chartRequest(application, tree, pull);
  const source = objectAt(spec, "source");
  const sourcePath = stringAt(source, "path") ?? "";
  const problems: SourceProblem[] = pullProblems(
    stringAt(source, "repoURL"),
    stringAt(source, "targetRevision"),
    pull,
  ).map((problem) => ({ rule: "application-source", ...problem }));
  if (!tree.isFolder(sourcePath)) {
    problems.push({
      rule: "missing-file",
      message: `deploys the folder ${sourcePath}, which is not there`,
      fix: `add ${sourcePath}`,
    });
  }
  if (problems.length > 0) return problems;

  const helm = objectAt(source, "helm");
  if (Object.keys(helm).length === 0) {
    if (tree.has(`${sourcePath}/kustomization.yaml`)) return { tool: "kustomize", path: sourcePath };
    const message = `deploys ${sourcePath}, which has neither a kustomization.yaml nor Helm settings`;
    return [{ rule: "application-source", message, fix: `add ${sourcePath}/kustomization.yaml` }];
  }
  const named = stringsAt(helm, "valueFiles").map((file) => resolveFrom(sourcePath, file));
  for (const file of named.filter((name) => name.startsWith("../") || name.startsWith("/"))) {
    const message = `names the values ${file}, which is outside of the repository`;
    problems.push({ rule: "application-source", message, fix: "name a file of the repository" });
  }
  if (problems.length > 0) return problems;
  const settings = helmSettings(spec, helm, named, tree);
  for (const file of [`${sourcePath}/Chart.yaml`, ...settings.valueFiles]) {
    if (tree.has(file)) continue;
    const message = `needs ${file}, which is not there`;
    problems.push({ rule: "missing-file", message, fix: misspelt(file, tree) ?? `add ${file}`, missing: file });
  }
  if (problems.length > 0) return problems;
  return {
    tool: "helm",
    chart: sourcePath,
    releaseName: stringAt(helm, "releaseName") ?? stringAt(application, "metadata", "name") ?? "",
    ...settings,
  };
}

/** A file beside it whose name is almost the same. */
function misspelt(file: string, tree: Tree): string | undefined {
  const folder = path.posix.dirname(file);
  const files = tree.list(folder).filter((name) => tree.has(`${folder}/${name}`));
  const meant = suggest(path.posix.basename(file), files);
  return meant === undefined ? undefined : `rename ${folder}/${meant} to ${path.posix.basename(file)}`;
}

/**
 * Argo CD reads a leading slash as the root of the repository, anything else as relative to the source's path. What leads
 * out of the repository stays what it is: there is no file of that name, and Argo CD refuses it.
 */
function resolveFrom(sourcePath: string, file: string): string {
  return file.startsWith("/") ? path.posix.normalize(file.replace(/^\/+/, "")) : path.posix.join(sourcePath, file);
}
