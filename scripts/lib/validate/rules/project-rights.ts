import { addTo } from "../../core/group.ts";
import { type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type DeployedObject, renderedObjects } from "../../fleet/objects.ts";
import { tenantPartOf } from "../../fleet/ownership.ts";
import { kindName, resourceOf } from "../../model/resource.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** What Argo CD needs of a kind to deploy it. */
const needed = ["create", "delete", "get", "list", "patch", "update", "watch"];
const reading = new Set(["get", "list", "watch"]);

/** The account that holds no less than it hands out; rbac-escalation sees that it stays the only one. */
const administrator = "cluster-admin";

export const projectRights: Rule = {
  id: "project-rights",
  severity: "error",
  absolute: true,
  needs: "clusters",
  holds: `The kinds that a project allows are those that the account it acts as may write, each of them and no other; a tenant's account has rights in the tenant's namespace alone. Where the account is ${administrator}, as the platform's is, there is nothing to compare.`,
  because:
    "Two lists that should be one drift apart: what only one of them holds back, the next change of the other gives (S-01, S-03).",
  *check(fleet) {
    const roles = new Map<string, DeployedObject>();
    for (const role of renderedObjects(fleet, "ClusterRole", "Role")) roles.set(roleKey(role, role.id.name), role);
    const bindings = bindingsOf(fleet);
    for (const project of renderedObjects(fleet, "AppProject")) {
      const spec = objectAt(project.object, "spec");
      const named = listAt(spec, "destinationServiceAccounts").map((entry) => stringAt(entry, "defaultServiceAccount"));
      for (const account of new Set(named)) {
        const own = bindings.get(`${project.cluster} ${account}`) ?? [];
        if (own.some(({ object }) => stringAt(object, "roleRef", "name") === administrator)) continue;
        if (tenantPartOf(project.application)?.kind === "grant") yield* elsewhere(own, spec, account ?? "");
        yield* compared(project, account ?? "", own, roles);
      }
    }
  },
};

const roleKey = ({ cluster, id }: DeployedObject, name: string, kind = id.kind) =>
  kind === "ClusterRole" ? `${cluster} ${name}` : `${cluster} ${id.namespace}/${name}`;

/** Bindings by cluster and account, NAMESPACE:NAME as Argo CD has it. */
function bindingsOf(fleet: Fleet): Map<string, DeployedObject[]> {
  const found = new Map<string, DeployedObject[]>();
  for (const binding of renderedObjects(fleet, "ClusterRoleBinding", "RoleBinding"))
    for (const subject of listAt(binding.object, "subjects")) {
      if (stringAt(subject, "kind") !== "ServiceAccount") continue;
      const namespace = stringAt(subject, "namespace") ?? binding.id.namespace;
      addTo(found, `${binding.cluster} ${namespace}:${stringAt(subject, "name")}`, binding);
    }
  return found;
}

function* elsewhere(bindings: readonly DeployedObject[], project: JsonObject, account: string): Iterable<RuleFinding> {
  const namespaces = listAt(project, "destinations").map((destination) => stringAt(destination, "namespace"));
  for (const { id, at } of bindings) {
    if (id.kind === "RoleBinding" && namespaces.includes(id.namespace)) continue;
    const where = id.kind === "RoleBinding" ? `in ${id.namespace}` : "in every namespace";
    yield { ...at, message: `gives ${account} rights ${where}`, fix: "bind the role in the tenant's namespace" };
  }
}

function* compared(
  { object, at }: DeployedObject,
  account: string,
  bindings: readonly DeployedObject[],
  roles: ReadonlyMap<string, DeployedObject>,
): Iterable<RuleFinding> {
  const spec = objectAt(object, "spec");
  const allowed = ["clusterResourceWhitelist", "namespaceResourceWhitelist"]
    .flatMap((list) => listAt(spec, list))
    .map((entry) => ({ group: stringAt(entry, "group") ?? "", kind: stringAt(entry, "kind") ?? "" }));
  const resources = new Set(allowed.map(({ group, kind }) => `${group}/${resourceOf(kind)}`));
  const verbs = new Map<string, Set<string>>();
  const name = stringAt(object, "metadata", "name");
  for (const binding of bindings) {
    const ref = objectAt(binding.object, "roleRef");
    const role = roles.get(roleKey(binding, stringAt(ref, "name") ?? "", stringAt(ref, "kind")));
    if (role === undefined) continue;
    for (const right of rightsOf(role.object)) {
      const known = verbs.get(right.resource) ?? new Set();
      verbs.set(right.resource, known);
      // What comes as a hook goes again: it may be too much, and is never enough.
      const isThere = binding.hooks.length === 0 && role.hooks.length === 0;
      if (isThere && !right.byName) for (const verb of right.verbs) known.add(verb);
      // What may be bound is rbac-escalation's.
      const writes = right.verbs.filter((verb) => !reading.has(verb) && verb !== "bind");
      if (writes.length === 0 || resources.has(right.resource)) continue;
      const message = `lets ${account} ${writes.join(", ")} ${right.resource.replace(/^\//, "")}, a kind that the project ${name} does not allow`;
      yield { ...role.at, message, fix: "take the right away, or add the kind to the project and to its rule" };
    }
  }
  for (const { group, kind } of allowed) {
    const has = verbs.get(`${group}/${resourceOf(kind)}`);
    const missing = needed.filter((verb) => has?.has(verb) !== true);
    if (missing.length === 0) continue;
    const message = `allows ${kindName({ group, kind })}, and ${account} may not ${missing.join(", ")} it`;
    yield { ...at, message, fix: "give the account's role the right, or take the kind out of the project" };
  }
}

function rightsOf(role: JsonObject): { resource: string; verbs: string[]; byName: boolean }[] {
  return listAt(role, "rules").flatMap((rule) =>
    stringsAt(rule, "apiGroups").flatMap((group) =>
      stringsAt(rule, "resources").map((resource) => ({
        resource: `${group}/${resource}`,
        verbs: stringsAt(rule, "verbs"),
        byName: stringsAt(rule, "resourceNames").length > 0,
      })),
    ),
  );
}
