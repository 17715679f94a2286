import { type JsonObject, listAt, stringAt, stringsAt } from "../core/json.ts";
import { enforceLabel } from "../model/pod-security.ts";
import { formatResource, kindName } from "../model/resource.ts";
import { applicationsOf } from "./fold.ts";
import type { Pair } from "./pairs.ts";

/** What an object allows that it did not allow before. */
export interface Growth {
  /** What is allowed: "delete secrets", "to ServiceAccount murima/x". */
  rights: string[];
  objects: string[];
  applications: string[];
}

/** What grants rights, each as a set of single rights. */
const granted: Readonly<Record<string, (object: JsonObject) => string[]>> = {
  AppProject: ({ spec }) => [
    ...stringsAt(spec, "sourceRepos").map((repository) => `sources from ${repository}`),
    ...listAt(spec, "destinations").map((to) => `objects in ${stringAt(to, "namespace") ?? "*"}`),
    ...["clusterResourceWhitelist", "namespaceResourceWhitelist"].flatMap((list) =>
      listAt(spec, list).map(
        (entry) =>
          `objects of the kind ${kindName({ group: stringAt(entry, "group") ?? "", kind: stringAt(entry, "kind") ?? "" })}`,
      ),
    ),
  ],
  ClusterRole: rulesOf,
  ClusterRoleBinding: subjectsOf,
  Namespace: (object) => {
    const level = stringAt(object, "metadata", "labels", enforceLabel) ?? "privileged";
    return level === "restricted"
      ? []
      : level === "baseline"
        ? ["baseline pods"]
        : ["baseline pods", "privileged pods"];
  },
  Role: rulesOf,
  RoleBinding: subjectsOf,
};

/** Rights that grow, alike ones together; sorted. Those of objects that are new are rights, too. */
export function growthOf(pairs: readonly Pair[]): Growth[] {
  const found = pairs.flatMap(({ application, id, before, after }) => {
    const rights = granted[id.kind];
    if (rights === undefined || after === undefined) return [];
    const had = new Set(before === undefined ? [] : rights(before.object));
    const more = [...new Set(rights(after.object))].filter((right) => !had.has(right)).toSorted();
    return more.length === 0 ? [] : [{ rights: more, object: formatResource(id), application: application.id }];
  });
  return [...Map.groupBy(found, ({ rights }) => JSON.stringify(rights)).values()]
    .map((group) => ({
      rights: group[0]!.rights,
      objects: [...new Set(group.map(({ object }) => object))].toSorted(),
      applications: applicationsOf(group),
    }))
    .toSorted((a, b) => (a.objects[0]! < b.objects[0]! ? -1 : 1));
}

function rulesOf(role: JsonObject): string[] {
  return listAt(role, "rules").flatMap((rule) => {
    const urls = stringsAt(rule, "nonResourceURLs");
    const names = stringsAt(rule, "resourceNames");
    const groups = stringsAt(rule, "apiGroups");
    const resources = stringsAt(rule, "resources").flatMap((resource) =>
      groups.map((group) => (group === "" ? resource : `${resource}.${group}`)),
    );
    const objects = names.length === 0 ? resources : resources.flatMap((one) => names.map((name) => `${one} ${name}`));
    return stringsAt(rule, "verbs").flatMap((verb) => [...urls, ...objects].map((what) => `${verb} ${what}`));
  });
}

function subjectsOf(binding: JsonObject): string[] {
  const role = `${stringAt(binding, "roleRef", "kind") ?? ""} ${stringAt(binding, "roleRef", "name") ?? ""}`;
  return listAt(binding, "subjects").map((subject) => {
    const [kind, namespace, name] = ["kind", "namespace", "name"].map((field) => stringAt(subject, field));
    return `${role} to ${kind ?? ""} ${namespace === undefined ? "" : `${namespace}/`}${name ?? ""}`;
  });
}
