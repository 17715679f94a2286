import { at, isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Tree } from "../repo/tree.ts";
import { pullProblems, type PullSource } from "./pull-source.ts";
import { fillAll, TemplateError } from "./template.ts";

/** One Application that an ApplicationSet generates, and the folder it stands for. */
export interface Expansion {
  folder: string;
  application: JsonObject;
}

/** Why an ApplicationSet can't be expanded as Argo CD would: sentences, each with what to do. */
export interface Refusal {
  rule: "applicationset-subset" | "application-source";
  message: string;
  fix: string;
}

const subset =
  "write it with one git generator of directories or of one file a folder, goTemplate, missingkey=error, field paths and index only";

/** What a generator looks at. */
export interface Generating {
  tree: Tree;
  /** The data of a file; undefined where it could not be read. */
  data: (file: string) => Json | undefined;
}

/**
 * Expands an ApplicationSet as Argo CD 3.5 does: one Application for each folder that a directories entry matches and
 * no excluding one does, or for each file that a files entry matches, whose fields are parameters then. Only a subset is
 * taken, and anything else is refused rather than guessed.
 */
export function expand(
  applicationSet: JsonObject,
  { tree, data }: Generating,
  pull: PullSource,
): { expansions: Expansion[]; refusals: Refusal[] } {
  const refusals = refuse(applicationSet, pull);
  if (refusals.length > 0) return { expansions: [], refusals };
  const git = objectAt(applicationSet, "spec", "generators", 0, "git");
  const pattern = stringAt(git, "files", 0, "path");
  if (pattern !== undefined) return expandFiles(applicationSet, git, pattern);
  const excluded = new Set<string>();
  const included = new Set<string>();
  for (const entry of listAt(git, "directories")) {
    const into = at(entry, "exclude") === true ? excluded : included;
    for (const folder of tree.folders(stringAt(entry, "path")!)) into.add(folder);
  }
  const expansions: Expansion[] = [];
  for (const folder of [...included].filter((path) => !excluded.has(path)).toSorted()) {
    try {
      expansions.push({ folder, application: instantiate(applicationSet, git, folder) });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      refusals.push({ rule: "applicationset-subset", message: `${error.message} (for ${folder})`, fix: subset });
    }
  }
  return { expansions, refusals };

  /** Git's own globs let * stand for several folders, Argo CD's newer ones for one: a file that only one sees is refused. */
  function expandFiles(set: JsonObject, generator: JsonObject, files: string) {
    const expansions: Expansion[] = [];
    const [strict, loose] = [globOf(files, "[^/]+"), globOf(files, ".+")];
    for (const file of tree.paths.filter((path) => loose.test(path))) {
      const folder = file.slice(0, file.lastIndexOf("/"));
      const parameters = data(file);
      try {
        if (!strict.test(file)) throw new TemplateError(`finds ${file}, deeper than ${files}`);
        // What is wrong with the file is said of the file.
        if (!isObject(parameters)) continue;
        expansions.push({ folder, application: instantiate(set, generator, folder, parameters) });
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        refusals.push({ rule: "applicationset-subset", message: `${error.message} (for ${folder})`, fix: subset });
      }
    }
    return { expansions, refusals };
  }
}

const globOf = (pattern: string, any: string) =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => RegExp.escape(part))
      .join(any)}$`,
  );

function instantiate(
  applicationSet: JsonObject,
  git: JsonObject,
  folder: string,
  parameters: JsonObject = {},
): JsonObject {
  const segments = folder.split("/");
  const path = { path: folder, basename: segments.at(-1)!, segments };
  const values = fillAll(objectAt(git, "values"), { ...parameters, path });
  const template = fillAll(objectAt(applicationSet, "spec", "template"), { ...parameters, path, values }) as JsonObject;
  const namespace = stringAt(applicationSet, "metadata", "namespace") ?? "argocd";
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { ...objectAt(template, "metadata"), namespace },
    spec: objectAt(template, "spec"),
  };
}

function refuse(applicationSet: JsonObject, pull: PullSource): Refusal[] {
  const spec = objectAt(applicationSet, "spec");
  const refusals: Refusal[] = [];
  const check = (holds: boolean, message: string) => {
    if (!holds) refusals.push({ rule: "applicationset-subset", message, fix: subset });
  };
  const generators = listAt(spec, "generators");
  check(generators.length === 1, `has ${generators.length} generators`);
  check(at(spec, "goTemplate") === true, "does not set goTemplate: true");
  check(JSON.stringify(at(spec, "goTemplateOptions")) === '["missingkey=error"]', "does not set missingkey=error");
  check(at(spec, "templatePatch") === undefined, "has a templatePatch");
  check(at(spec, "strategy") === undefined, "has a strategy, which switches automated sync off");
  const generator = generators[0];
  const kinds = isObject(generator) ? Object.keys(generator) : [];
  check(kinds.length === 1 && kinds[0] === "git", `has a generator of the kind ${kinds.join(", ") || "none"}`);
  const git = objectAt(generator, "git");
  const [directories, files] = [listAt(git, "directories"), listAt(git, "files")];
  check(
    directories.length > 0 ? at(git, "files") === undefined : files.length === 1,
    "has a git generator without directories, and without the one pattern of files",
  );
  check(at(git, "pathParamPrefix") === undefined, "has a pathParamPrefix");
  for (const entry of files) {
    const segments = (stringAt(entry, "path") ?? "").split("/");
    const plain = segments.every((segment) => segment === "*" || /^[A-Za-z0-9._-]+$/.test(segment));
    check(at(entry, "exclude") === undefined, "excludes files");
    check(
      plain && segments.at(-1) !== "*",
      `has the pattern of files ${JSON.stringify(stringAt(entry, "path") ?? "")}, which does not end in a name`,
    );
  }
  for (const entry of listAt(git, "directories")) {
    const path = stringAt(entry, "path") ?? "";
    const plain = path.split("/").every((segment) => segment === "*" || /^[A-Za-z0-9._-]+$/.test(segment));
    check(plain, `has the directory pattern ${JSON.stringify(path)}, whose segments are not all names or *`);
  }
  for (const problem of pullProblems(stringAt(git, "repoURL"), stringAt(git, "revision"), pull))
    refusals.push({ rule: "application-source", ...problem, message: `has a generator that ${problem.message}` });
  return refusals;
}
