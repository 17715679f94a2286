import { type JsonObject, stringAt } from "../core/json.ts";

/** What names an object in a cluster. */
export interface ResourceId {
  group: string;
  version: string;
  kind: string;
  /** Empty for what is cluster-wide. */
  namespace: string;
  name: string;
}

export function resourceId(object: JsonObject): ResourceId {
  const apiVersion = stringAt(object, "apiVersion") ?? "";
  const slash = apiVersion.lastIndexOf("/");
  return {
    group: slash === -1 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: stringAt(object, "kind") ?? "",
    namespace: stringAt(object, "metadata", "namespace") ?? "",
    name: stringAt(object, "metadata", "name") ?? "",
  };
}

/** A kind with its group, whatever the version: "apps/Deployment", "Namespace". */
export const kindName = ({ group, kind }: Pick<ResourceId, "group" | "kind">): string =>
  group === "" ? kind : `${group}/${kind}`;

/** For people: "apps/Deployment murima/api-gateway", "Namespace murima". */
export function formatResource({ namespace, name, ...kind }: ResourceId): string {
  return `${kindName(kind)} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

/** What two objects share when one would overwrite the other: versions of a kind are the same object. */
export function identity({ group, kind, namespace, name }: ResourceId): string {
  return [group, kind, namespace, name].join("\0");
}

/** What the API calls objects of a kind in its paths, and roles in their rules. */
export function resourceOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === "endpoints") return name;
  if (/[^aeiou]y$/.test(name)) return name.replace(/y$/, "ies");
  return /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}
