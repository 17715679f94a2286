import { sharedNamespace } from "../../core/company.ts";
import { listAt, stringAt, stringsAt } from "../../core/json.ts";
import { type DeployedObject, renderedObjects } from "../../fleet/objects.ts";
import { tenantName, tenantPartOf } from "../../fleet/ownership.ts";
import type { Tenant } from "../../model/generated.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** Kinds of a grant that lie beside the services that answer its hosts: shared ones, or the tenant's own. */
const besideServices = new Set([
  "BackendTrafficPolicy",
  "Certificate",
  "ConfigMap",
  "HTTPRoute",
  "HTTPRouteFilter",
  "ListenerSet",
  "SecurityPolicy",
]);

/** What a grant may bind, by who gets it. */
const bindings: Record<string, (tenant: string) => { kind: string; namespaces: string[]; names?: string[] }> = {
  "deployer-tenant": (tenant) => ({ kind: "ServiceAccount", namespaces: ["deployers"], names: [tenantName(tenant)] }),
  "deployer-tenant-services": (tenant) => ({
    kind: "ServiceAccount",
    namespaces: ["deployers"],
    names: [`${tenantName(tenant)}-services`],
  }),
  "settings-reader": (tenant) => ({
    kind: "ServiceAccount",
    namespaces: [tenantName(tenant)],
    names: ["configuration-service"],
  }),
  "tenant-channels": () => ({ kind: "ServiceAccount", namespaces: [sharedNamespace], names: ["comm-hub"] }),
  "tenant-database": () => ({
    kind: "ServiceAccount",
    namespaces: [sharedNamespace],
    names: ["auth-service", "case-service", "configuration-service"],
  }),
  "tenant-reader": () => ({ kind: "ServiceAccount", namespaces: [sharedNamespace] }),
  "tenant-sign-in": () => ({ kind: "ServiceAccount", namespaces: [sharedNamespace], names: ["auth-service"] }),
};

export const grantScope: Rule = {
  id: "grant-scope",
  severity: "error",
  absolute: true,
  holds:
    "A grant touches its tenant's namespace, its project, and its own names beside the services; its routes say who the tenant is; it binds only what a tenant may have.",
  because:
    "The account of grants may write in every tenant's namespace: only its manifests keep it to one (S-01, S-03, S-06).",
  *check(fleet) {
    for (const subject of renderedObjects(fleet)) {
      const part = tenantPartOf(subject.application);
      if (part?.kind !== "grant") continue;
      const place = misplaced(subject, part.tenant);
      if (place !== undefined) yield { ...subject.at, ...place };
      const facts = fleet.documents.tenants.get(part.tenant)?.document;
      if (subject.id.kind === "HTTPRoute" && facts !== undefined) yield* route(subject, facts);
      if (subject.id.kind === "RoleBinding") yield* binding(subject, part.tenant);
    }
  },
};

function misplaced({ id }: DeployedObject, tenant: string): { message: string; fix: string } | undefined {
  const own = tenantName(tenant);
  const isOwnName = id.name === own || id.name.startsWith(`${own}-`);
  const where = id.namespace === "" ? "the whole cluster" : id.namespace;
  const fix = `keep it to ${own}`;
  if (id.kind === "Namespace" || id.kind === "SopsProvider")
    return id.name === own ? undefined : { message: `is not named ${own}`, fix };
  if (id.namespace === own) return undefined;
  if (id.namespace === "argocd" && id.kind === "AppProject") {
    const names = [own, `${own}-services`];
    return names.includes(id.name) ? undefined : { message: `is not named ${names.join(" or ")}`, fix };
  }
  if (id.namespace === sharedNamespace && besideServices.has(id.kind))
    return isOwnName ? undefined : { message: `is not named ${own}, in a namespace that others share`, fix };
  return { message: `is in ${where}, where a grant has no place for a ${id.kind}`, fix };
}

function* route({ object, at }: DeployedObject, { metadata, spec }: Tenant): Iterable<RuleFinding> {
  const hosts = stringsAt(object, "spec", "hostnames");
  if ([...hosts].toSorted().join() !== [...spec.hosts].toSorted().join()) {
    const message = `leads ${hosts.join(", ")}, but the hosts of ${metadata.name} are ${spec.hosts.join(", ")}`;
    yield { ...at, message, fix: `let ${pathOf("tenantComponent", { component: "facts" })} fill them in` };
  }
  for (const rule of listAt(object, "spec", "rules")) {
    if (listAt(rule, "backendRefs").length === 0) continue;
    const headers = listAt(rule, "filters").flatMap((filter) => listAt(filter, "requestHeaderModifier", "set"));
    const set = headers.filter((header) => stringAt(header, "name")?.toLowerCase() === "x-tenant-id");
    if (set.length === 1 && stringAt(set[0], "value") === metadata.name) continue;
    const said = set.map((header) => stringAt(header, "value")).join(", ") || "nothing";
    yield {
      ...at,
      message: `sets X-Tenant-ID to ${said}, not to ${metadata.name}`,
      fix: "set it in every rule that has a backend",
    };
  }
}

function* binding({ object, at }: DeployedObject, tenant: string): Iterable<RuleFinding> {
  const role = stringAt(object, "roleRef", "name") ?? "";
  const allowed = stringAt(object, "roleRef", "kind") === "ClusterRole" ? bindings[role]?.(tenant) : undefined;
  if (allowed === undefined) {
    const fix = `bind one of ${Object.keys(bindings).join(", ")}`;
    yield { ...at, message: `binds ${role}, which no grant may bind`, fix };
    return;
  }
  for (const subject of listAt(object, "subjects")) {
    const [kind, name, namespace] = ["kind", "name", "namespace"].map((key) => stringAt(subject, key) ?? "");
    const fits =
      kind === allowed.kind &&
      allowed.namespaces.includes(namespace!) &&
      (allowed.names === undefined || allowed.names.includes(name!));
    if (fits) continue;
    const whom = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
    yield {
      ...at,
      message: `gives ${role} to ${whom}`,
      fix: `give it to ${allowed.namespaces.join()}/${allowed.names?.join() ?? "a service"}`,
    };
  }
}
