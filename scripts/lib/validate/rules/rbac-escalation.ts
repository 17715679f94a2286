import { type Json, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { type DeployedObject, renderedObjects } from "../../fleet/objects.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** Verbs that give more rights than they say. */
const verbs = new Set(["*", "escalate", "impersonate"]);

/** Resources whose use gives rights: into pods, tokens, certificates, and what every other object goes through. */
const resources = new Set([
  "*",
  "apiservices",
  "certificatesigningrequests/approval",
  "clustertrustbundles",
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "mutatingwebhookconfigurations",
  "nodes/proxy",
  "persistentvolumes",
  "pods/attach",
  "pods/ephemeralcontainers",
  "pods/exec",
  "pods/portforward",
  "pods/proxy",
  "serviceaccounts/token",
  "services/proxy",
  "signers",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  "validatingwebhookconfigurations",
]);
/** Of those, what is harmless to read. */
const harmlessToRead = /(policies|bindings|configurations|bundles|apiservices|persistentvolumes)$/;
const readVerbs = new Set(["get", "list", "watch"]);

/** Subresources of any resource: a right to WHATEVER/SUB is one to all of these. */
const subresources = new Set([...resources].flatMap((name) => name.split("/").slice(1)));

const aggregated = /^rbac\.authorization\.k8s\.io\/aggregate-to-/;
const broad =
  /^(admin|cluster-admin|edit|system:(?!(auth-delegator|basic-user|discovery|public-info-viewer|service-account-issuer-discovery)$).*)$/;

/** Names that Kubernetes gives to whoever asks, or that are above every rule: as a user or as a group. */
const everybody = /^system:(anonymous|unauthenticated|authenticated|masters|nodes|serviceaccounts(:.*)?)$/;

export const rbacEscalation: Rule = {
  id: "rbac-escalation",
  severity: "error",
  absolute: true,
  holds:
    "No role holds wildcards or rights that give rights, as RBAC itself matches them; bind is for named roles only; cluster-admin is the platform's deployer's alone, and nobody is everybody.",
  because: "Who may escalate, impersonate, mint tokens or enter pods has every right there is (S-03, D-27).",
  *check(fleet) {
    for (const subject of renderedObjects(fleet, "ClusterRole", "Role")) yield* role(subject);
    for (const subject of renderedObjects(fleet, "ClusterRoleBinding", "RoleBinding")) yield* binding(subject);
  },
};

function* role({ object, at }: DeployedObject): Iterable<RuleFinding> {
  for (const label of Object.keys(objectAt(object, "metadata", "labels")))
    if (aggregated.test(label))
      yield { ...at, message: `adds itself to other roles (${label})`, fix: "bind it where it is needed" };
  if (Object.keys(objectAt(object, "aggregationRule")).length > 0)
    yield { ...at, message: "collects the rights of other roles", fix: "list the rights it needs" };
  for (const rule of listAt(object, "rules")) {
    for (const what of new Set(excess(rule)))
      yield {
        ...at,
        message: `allows ${what}`,
        fix: "name the groups, resources and verbs that are needed, and secrets by name",
      };
  }
}

function* excess(rule: Json): Iterable<string> {
  const said = stringsAt(rule, "verbs");
  const isNamed = stringsAt(rule, "resourceNames").length > 0;
  const reads = said.every((verb) => readVerbs.has(verb));
  yield* said.filter((verb) => verbs.has(verb));
  for (const resource of stringsAt(rule, "resources")) {
    const gives = givesRights(resource) && !(reads && harmlessToRead.test(resource));
    if (gives || resource.endsWith("/*")) yield resource;
  }
  yield* stringsAt(rule, "apiGroups").filter((group) => group === "*");
  yield* stringsAt(rule, "nonResourceURLs");
  if (said.includes("bind") && !isNamed) yield "bind";
  if (stringsAt(rule, "resources").includes("secrets") && !isNamed) yield "every secret";
}

/** RBAC matches a resource by its whole name, by a star, and by a star before a subresource for that part of everything. */
function givesRights(resource: string): boolean {
  const [of, sub] = resource.split("/");
  return resources.has(resource) || (of === "*" && sub !== undefined && subresources.has(sub));
}

function* binding({ application, object, at, id }: DeployedObject): Iterable<RuleFinding> {
  const name = stringAt(object, "roleRef", "name") ?? "";
  const isPlatform = application.name === "root" && id.name === "deployer-platform";
  if (broad.test(name) && !isPlatform)
    yield { ...at, message: `gives ${name}`, fix: "write a role with what is needed" };
  for (const subject of listAt(object, "subjects")) {
    const whom = stringAt(subject, "name") ?? "";
    const isAccount = stringAt(subject, "kind") === "ServiceAccount";
    if (!isAccount && (whom === "*" || everybody.test(whom)))
      yield { ...at, message: `gives ${name} to ${whom}`, fix: "name the accounts that need it" };
    if (isAccount ? whom === "default" : /^system:serviceaccount:[^:]*:default$/.test(whom))
      yield { ...at, message: `gives ${name} to a default account`, fix: "name an account of its own" };
  }
}
