import path from "node:path";

import { at, isObject, type Json, type JsonPath, listAt, stringAt } from "../core/json.ts";
import { remembered } from "../core/remembered.ts";
import { suggest } from "../core/suggest.ts";
import type { Content } from "./content.ts";
import { componentsOf, resourcesOf } from "./kustomization.ts";

/** A patch's target, or a replacement's select: what Kustomize passes over in silence where it picks nothing. */
export interface Target {
  file: string;
  path: JsonPath;
  /** For people: KIND NAME. */
  text: string;
  kind: string | undefined;
  name: string | undefined;
  /** Whether any build that includes it has an object that it picks. */
  hits: boolean;
  selector: Json;
  /** What the builds that include it have. */
  builds: Candidate[][];
}

/** An object on its way through a build, by every name it has had. */
interface Candidate {
  /** Where it stands; what a generator makes stands nowhere. */
  file?: string;
  /** A file that could not be read may hold anything. */
  unread?: true;
  group: string;
  version: string;
  kind: string;
  names: readonly string[];
  namespaces: readonly string[];
}

/** What of a kustomization is followed here; the rest brings no objects, or the schema refuses it. */
const understood = new Set([
  "apiVersion",
  "commonAnnotations",
  "components",
  "configMapGenerator",
  "images",
  "kind",
  "labels",
  "namePrefix",
  "namespace",
  "patches",
  "replacements",
  "resources",
]);

const configMap: Candidate = { group: "", version: "v1", kind: "ConfigMap", names: [], namespaces: [""] };
const anything: Candidate = { unread: true, group: "", version: "", kind: "", names: [], namespaces: [] };

/**
 * Targets of all kustomizations of a tree that some build includes, shared ones once. Read from the files alone, so that
 * what one cluster's render does not show is judged too. Labels in a selector are not looked at.
 */
export function kustomizeTargets({ tree, sources }: Content): { targets: Target[]; objects: readonly Candidate[] } {
  const targets = new Map<string, Target>();
  const built = new Map<string, Candidate[]>();
  const objects = new Map<string, Candidate>();
  // Which components a kustomization includes that is not understood is not known either.
  let isPartial = false;
  const data = (folder: string): Json | undefined => {
    const file = `${folder}/kustomization.yaml`;
    return tree.has(file) ? sources.data(file) : undefined;
  };
  for (const file of tree.paths) {
    if (path.posix.basename(file) !== "kustomization.yaml") continue;
    // Also those of components that nothing includes now: they are what a name may mean.
    for (const resource of resourcesOf(file, sources.data(file))) if (tree.has(resource)) objectIn(resource);
    if (stringAt(sources.data(file), "kind") === "Kustomization") base(path.posix.dirname(file), []);
  }
  for (const target of targets.values())
    if (isPartial && stringAt(sources.data(target.file), "kind") === "Component") target.hits = true;
  return { targets: [...targets.values()], objects: [...objects.values()] };

  function base(folder: string, through: readonly string[]): Candidate[] {
    let found = built.get(folder);
    if (found === undefined) built.set(folder, (found = accumulate(folder, [], through)));
    return found;
  }

  function accumulate(folder: string, before: readonly Candidate[], through: readonly string[]): Candidate[] {
    const kustomization = data(folder);
    // Kustomize refuses a circle; here it only has to end.
    if (!isObject(kustomization) || through.includes(folder)) return [...before];
    const file = `${folder}/kustomization.yaml`;
    const own = [...before];
    if (Object.keys(kustomization).some((key) => !understood.has(key))) {
      own.push(anything);
      isPartial = true;
    }
    for (const generator of listAt(kustomization, "configMapGenerator"))
      own.push({ ...configMap, names: [stringAt(generator, "name") ?? ""] });
    for (const resource of resourcesOf(file, kustomization)) {
      if (data(resource) !== undefined) own.push(...base(resource, [...through, folder]));
      else if (tree.has(resource)) own.push(objectIn(resource));
    }
    let all = own;
    for (const component of componentsOf(file, kustomization)) all = accumulate(component, all, [...through, folder]);
    const namespace = stringAt(kustomization, "namespace");
    const prefix = stringAt(kustomization, "namePrefix");
    const after = all.map((object) => ({
      ...object,
      names: prefix === undefined ? object.names : [...object.names, ...object.names.map((name) => prefix + name)],
      namespaces:
        namespace === undefined ? object.namespaces : [...object.namespaces.filter((own) => own !== ""), namespace],
    }));
    judge(file, kustomization, after);
    return after;
  }

  function objectIn(file: string): Candidate {
    let found = objects.get(file);
    if (found === undefined) {
      const object = sources.data(file);
      const [group, version] = /^(?:(.*)\/)?([^/]*)$/.exec(stringAt(object, "apiVersion") ?? "")!.slice(1);
      found = {
        file,
        ...(object === undefined ? { unread: true } : {}),
        group: group ?? "",
        version: version ?? "",
        kind: stringAt(object, "kind") ?? "",
        names: [stringAt(object, "metadata", "name") ?? ""],
        namespaces: [stringAt(object, "metadata", "namespace") ?? ""],
      };
      objects.set(file, found);
    }
    return found;
  }

  function judge(file: string, kustomization: Json, candidates: Candidate[]): void {
    const selectors: { path: JsonPath; selector: Json | undefined }[] = [
      ...listAt(kustomization, "patches").map((patch, index) => ({
        path: ["patches", index, "target"],
        selector: at(patch, "target"),
      })),
      ...listAt(kustomization, "replacements").flatMap((replacement, index) =>
        listAt(replacement, "targets").map((target, number) => ({
          path: ["replacements", index, "targets", number, "select"],
          selector: at(target, "select"),
        })),
      ),
    ];
    for (const { path: where, selector } of selectors) {
      if (!isObject(selector)) continue;
      const key = `${file} ${where.join(".")}`;
      const [kind, name] = [stringAt(selector, "kind"), stringAt(selector, "name")];
      const known = targets.get(key) ?? {
        file,
        path: where,
        text: [kind, name ?? stringAt(selector, "namespace")].filter((part) => part !== undefined).join(" "),
        kind,
        name,
        hits: false,
        selector,
        builds: [],
      };
      known.builds.push(candidates);
      known.hits ||= candidates.some((candidate) => picks(selector, candidate));
      targets.set(key, known);
    }
  }
}

/**
 * An object that a target would pick, this name of its list perhaps, if only the kind of one of them were written like that of
 * the other: with it the one goes away that is wrong.
 */
export function nearMiss(
  { selector, kind, builds }: Target,
  name?: string,
): { file: string; kind: string } | undefined {
  if (kind === undefined || !isObject(selector)) return undefined;
  const { kind: _kind, ...rest } = selector;
  const wanted = name === undefined ? rest : { ...rest, name };
  const kinds = kind.replaceAll(/[()]/g, "").split("|");
  for (const candidate of builds.flat()) {
    if (candidate.file === undefined || candidate.unread === true || matchesAll(kind, candidate.kind)) continue;
    if (!picks(wanted, candidate)) continue;
    if (kinds.some((own) => suggest(own, [candidate.kind]) !== undefined))
      return { file: candidate.file, kind: candidate.kind };
  }
  return undefined;
}

/** As Kustomize selects: each field a regular expression for all of the text. */
function picks(selector: Json, { unread, group, version, kind, names, namespaces }: Candidate): boolean {
  const fits = (field: string, texts: readonly string[], match = matchesAll) => {
    const pattern = stringAt(selector, field);
    return pattern === undefined || texts.some((text) => match(pattern, text));
  };
  if (unread === true) return true;
  return (
    fits("group", [group]) &&
    fits("version", [version]) &&
    fits("kind", [kind]) &&
    fits("name", names, matchesName) &&
    // What has no namespace in its file is given one on the way.
    (namespaces.includes("") || fits("namespace", namespaces, matchesName))
  );
}

/** Names, a list of them, or the beginning of one: what the schema takes, and what an engine that backtracks can't hang on. */
const plain = /^\(?[\w.-]*\*?(?:\|[\w.-]*\*?)*\)?$/;

/** Whether a pattern picks a text; one that is refused elsewhere may pick anything. */
export function matchesAll(pattern: string, text: string): boolean {
  return expressionOf(pattern)?.test(text) ?? true;
}

const expressionOf = remembered((pattern: string): RegExp | undefined => {
  if (!plain.test(pattern)) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}, 10_000);

/** Whether a pattern picks a name; a place in it that facts fill may be whatever the pattern wants. */
export function matchesName(pattern: string, name: string): boolean {
  if (matchesAll(pattern, name)) return true;
  const parts = name.split(/[A-Z]{3,}/);
  const [first, last] = [parts.shift()!, parts.pop()];
  if (last === undefined || !pattern.startsWith(first) || !pattern.endsWith(last)) return false;
  let rest = pattern.slice(first.length, pattern.length - last.length);
  for (const part of parts) {
    const index = rest.indexOf(part, 1);
    if (index === -1) return false;
    rest = rest.slice(index + part.length);
  }
  return rest !== "" && first.length + last.length < pattern.length;
}
