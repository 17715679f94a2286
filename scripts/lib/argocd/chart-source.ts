import path from "node:path";

import { at, isObject, type Json, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { archiveFolder } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";
import type { HelmRequest, KustomizeRequest, SourceProblem } from "./application.ts";
import { helmSettings } from "./helm-settings.ts";
import { chartRepository, definitionsRepository, pullProblems, type PullSource } from "./pull-source.ts";

/** An archive that an Application deploys and this machine does not have. */
export interface AbsentArchive {
  absent: string;
}

const subset =
  "write it as the ApplicationSets addons and addon-definitions do: a chart by digest, values of this repository";
const helmFields = [
  "apiVersions",
  "ignoreMissingValueFiles",
  "kubeVersion",
  "releaseName",
  "skipCrds",
  "skipTests",
  "valueFiles",
  "valuesObject",
];
const pinned = /^sha256:[0-9a-f]{64}$/;
const valuesRef = "$values/";

/** Whether an Application deploys something out of a registry. */
export function isChartSource(spec: JsonObject): boolean {
  return at(spec, "sources") !== undefined || stringAt(spec, "source", "repoURL")?.startsWith("oci://") === true;
}

/**
 * What to render for an Application that pulls a chart from the cluster's registry. Argo CD 3.5 takes the archive's folder
 * for the source's path, and `$values` for the root of the second source; anything but this one form is refused.
 */
export function chartRequest(
  application: JsonObject,
  tree: Tree,
  pull: PullSource,
): HelmRequest | KustomizeRequest | AbsentArchive | SourceProblem[] {
  const spec = objectAt(application, "spec");
  const addon = stringAt(spec, "source", "helm", "releaseName") ?? stringAt(spec, "sources", 0, "helm", "releaseName");
  const problems: SourceProblem[] = [];
  const refuse = (message: string, fix = subset) => problems.push({ rule: "application-source", message, fix });
  const known = (what: string, value: Json | undefined, keys: readonly string[]) => {
    for (const key of Object.keys(isObject(value) ? value : {}))
      if (!keys.includes(key)) refuse(`sets ${key} of ${what}, which is not judged here`);
  };
  if (at(spec, "sources") === undefined) {
    const source = at(spec, "source");
    known("its source", source, ["repoURL", "targetRevision", "path"]);
    const found = artifact(source, (name) => definitionsRepository(pull.registry, name));
    if (problems.length > 0 || found === undefined) return problems;
    if (!tree.isFolder(archiveFolder(found))) return { absent: found };
    return { tool: "kustomize", path: archiveFolder(found) };
  }
  const [chart, values] = listAt(spec, "sources");
  if (at(spec, "source") !== undefined || listAt(spec, "sources").length !== 2)
    refuse("has other sources than a chart and its values");
  known("its chart", chart, ["repoURL", "targetRevision", "path", "helm"]);
  known("its values", values, ["repoURL", "targetRevision", "ref"]);
  const helm = objectAt(chart, "helm");
  known("helm", helm, helmFields);
  for (const key of ["skipCrds", "skipTests"]) if (at(helm, key) !== true) refuse(`does not set ${key}: true`);
  if (stringAt(values, "ref") !== "values") refuse("does not name its values with ref: values");
  for (const problem of pullProblems(stringAt(values, "repoURL"), stringAt(values, "targetRevision"), pull))
    refuse(`has values, and ${problem.message}`, problem.fix);
  const found = artifact(chart, (name) => chartRepository(pull.registry, name));
  const named = stringsAt(helm, "valueFiles");
  for (const file of named)
    if (!file.startsWith(valuesRef) || path.posix.normalize(file) !== file || file.includes("*"))
      refuse(`names the values ${file}, which are not a file of ${valuesRef}`);
  if (problems.length > 0 || found === undefined) return problems;

  const files = named.map((file) => file.slice(valuesRef.length));
  const settings = helmSettings(spec, helm, files, tree);
  for (const missing of settings.valueFiles.filter((file) => !tree.has(file)))
    problems.push({
      rule: "missing-file",
      message: `needs ${missing}, which is not there`,
      fix: `add ${missing}, or bun run validate --fix if it is generated`,
      missing,
    });
  if (problems.length > 0) return problems;
  if (!tree.isFolder(archiveFolder(found))) return { absent: found };
  return {
    tool: "helm",
    chart: archiveFolder(found),
    releaseName: addon ?? "",
    ...settings,
    skipCrds: true,
    skipTests: true,
  };

  /** The digest that a source pins. */
  function artifact(source: Json | undefined, repositoryOf: (name: string) => string): string | undefined {
    const url = stringAt(source, "repoURL") ?? "nowhere";
    const name = url.split("/").at(-1)!;
    if (url !== `oci://${repositoryOf(name)}`)
      refuse(`pulls from ${url}, which is not where this cluster's registry has charts`);
    const digest = stringAt(source, "targetRevision") ?? "";
    if (!pinned.test(digest)) refuse(`pulls ${url} at ${digest || "any version"}, which is not a digest`);
    if (stringAt(source, "path") !== ".") refuse("takes another path of the archive than . (all of it)");
    return pinned.test(digest) ? digest : undefined;
  }
}
