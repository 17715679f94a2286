import { at, type JsonObject, listAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Problems } from "./problem.ts";

const group = "rbac.authorization.k8s.io";

/** A Role or ClusterRole. */
export function* role(object: JsonObject): Problems {
  const isCluster = stringAt(object, "kind") === "ClusterRole";
  for (const rule of listAt(object, "rules")) {
    const paths = stringsAt(rule, "nonResourceURLs");
    const resources = stringsAt(rule, "resources");
    if (stringsAt(rule, "verbs").length === 0) yield { message: "has a rule without verbs", fix: "add verbs" };
    if (paths.length > 0 && !isCluster)
      yield { message: "has a rule for nonResourceURLs in a Role", fix: "put it into a ClusterRole" };
    if (paths.length > 0 && resources.length > 0)
      yield { message: "has a rule for both resources and nonResourceURLs", fix: "split it into two rules" };
    if (paths.length === 0 && resources.length === 0)
      yield { message: "has a rule that names no resources", fix: "add resources" };
    if (resources.length > 0 && listAt(rule, "apiGroups").length === 0)
      yield {
        message: `has a rule for ${resources.join(", ")} without apiGroups`,
        fix: 'add apiGroups: "" is the core group',
      };
  }
}

/** A RoleBinding or ClusterRoleBinding. */
export function* binding(object: JsonObject): Problems {
  const kind = stringAt(object, "roleRef", "kind") ?? "";
  const own = stringAt(object, "roleRef", "apiGroup") || group;
  if (own !== group) yield { message: `has a roleRef of the group ${own}`, fix: `write ${group}` };
  const allowed = stringAt(object, "kind") === "RoleBinding" ? ["ClusterRole", "Role"] : ["ClusterRole"];
  if (!allowed.includes(kind))
    yield { message: `has a roleRef of the kind ${kind}`, fix: `use ${allowed.join(" or ")}` };
  for (const subject of listAt(object, "subjects")) {
    const name = stringAt(subject, "name") ?? "";
    const type = stringAt(subject, "kind") ?? "";
    const isAccount = type === "ServiceAccount";
    const wanted = isAccount ? "" : group;
    if (!["Group", "ServiceAccount", "User"].includes(type))
      yield { message: `has a subject of the kind ${type}`, fix: "use Group, ServiceAccount or User" };
    else if ((stringAt(subject, "apiGroup") || wanted) !== wanted)
      yield {
        message: `has the subject ${name} of the group ${stringAt(subject, "apiGroup")}`,
        fix: `write "${wanted}"`,
      };
    // In a RoleBinding it is that of the binding.
    if (isAccount && stringAt(object, "kind") === "ClusterRoleBinding" && (at(subject, "namespace") ?? "") === "")
      yield { message: `has the account ${name} without its namespace`, fix: "add namespace" };
  }
}
