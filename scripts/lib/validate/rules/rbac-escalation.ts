import { listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { type DeployedObject, fleetObjects } from "../../fleet/objects.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** Rights that give more rights than they say. */
const verbs = new Set(["*", "escalate", "impersonate"]);
const resources = new Set([
  "*",
  "certificatesigningrequests/approval",
  "nodes/proxy",
  "pods/attach",
  "pods/ephemeralcontainers",
  "pods/exec",
  "serviceaccounts/token",
]);
const aggregated = /^rbac\.authorization\.k8s\.io\/aggregate-to-/;
const broad = new Set(["admin", "cluster-admin", "edit", "system:masters"]);
const everyone = new Set([
  "system:anonymous",
  "system:authenticated",
  "system:serviceaccounts",
  "system:unauthenticated",
]);

export const rbacEscalation: Rule = {
  id: "rbac-escalation",
  severity: "error",
  absolute: true,
  holds:
    "No role holds wildcards or rights that give rights; bind is for named roles only; cluster-admin is the platform's deployer's alone, and nobody is everybody.",
  because: "Who may escalate, impersonate, mint tokens or enter pods has every right there is (S-03, D-27).",
  *check(fleet) {
    for (const subject of fleetObjects(fleet, "ClusterRole", "Role")) yield* role(subject);
    for (const subject of fleetObjects(fleet, "ClusterRoleBinding", "RoleBinding")) yield* binding(subject);
  },
};

function* role({ object, at }: DeployedObject): Iterable<RuleFinding> {
  for (const label of Object.keys(objectAt(object, "metadata", "labels")))
    if (aggregated.test(label))
      yield { ...at, message: `adds itself to other roles (${label})`, fix: "bind it where it is needed" };
  if (Object.keys(objectAt(object, "aggregationRule")).length > 0)
    yield { ...at, message: "collects the rights of other roles", fix: "list the rights it needs" };
  for (const rule of listAt(object, "rules")) {
    const found = [
      ...stringsAt(rule, "verbs").filter((verb) => verbs.has(verb)),
      ...stringsAt(rule, "resources").filter((resource) => resources.has(resource) || resource.endsWith("/*")),
      ...stringsAt(rule, "apiGroups").filter((group) => group === "*"),
      ...stringsAt(rule, "nonResourceURLs"),
    ];
    if (stringsAt(rule, "verbs").includes("bind") && stringsAt(rule, "resourceNames").length === 0) found.push("bind");
    const readsAllSecrets =
      stringsAt(rule, "resources").includes("secrets") && stringsAt(rule, "resourceNames").length === 0;
    if (readsAllSecrets) found.push("every secret");
    for (const what of new Set(found))
      yield {
        ...at,
        message: `allows ${what}`,
        fix: "name the groups, resources and verbs that are needed, and secrets by name",
      };
  }
}

function* binding({ application, object, at, id }: DeployedObject): Iterable<RuleFinding> {
  const role = stringAt(object, "roleRef", "name") ?? "";
  const isPlatform = application.name === "root" && id.name === "deployer-platform";
  if (broad.has(role) && !isPlatform)
    yield { ...at, message: `gives ${role}`, fix: "write a role with what is needed" };
  for (const subject of listAt(object, "subjects")) {
    const name = stringAt(subject, "name") ?? "";
    const isEverybody = everyone.has(name) || name.startsWith("system:serviceaccounts:");
    if (stringAt(subject, "kind") === "Group" && isEverybody)
      yield { ...at, message: `gives ${role} to ${name}`, fix: "name the accounts that need it" };
    const isDefault = stringAt(subject, "kind") === "ServiceAccount" && name === "default";
    if (isDefault) yield { ...at, message: `gives ${role} to a default account`, fix: "name an account of its own" };
  }
}
