import { chartRepository, definitionsRepository } from "../../argocd/pull-source.ts";
import { at, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { tenantName, tenantPartOf } from "../../fleet/ownership.ts";
import type { Rule } from "../rule.ts";

/** What a tenant's own folder may hold: GROUP/KIND. Whatever is not here, its project may not allow. */
const placementKinds = ["/ConfigMap", "addons.projectcapsule.dev/SopsSecret"];

/** What the service chart renders for a tenant's own copies. Routes are in the grant. */
const serviceKinds = [
  "/ConfigMap",
  "/Service",
  "/ServiceAccount",
  "apps/Deployment",
  "autoscaling/HorizontalPodAutoscaler",
  "batch/CronJob",
  "batch/Job",
  "keda.sh/ScaledObject",
  "keda.sh/TriggerAuthentication",
  "monitoring.coreos.com/PodMonitor",
  "monitoring.coreos.com/PrometheusRule",
  "monitoring.coreos.com/ServiceMonitor",
  "networking.k8s.io/NetworkPolicy",
  "policy/PodDisruptionBudget",
];

export const projectScope: Rule = {
  id: "project-scope",
  severity: "error",
  absolute: true,
  holds:
    "A project names its repository, namespaces, kinds and accounts exactly. A tenant's comes from its grant and allows its own namespace, no cluster-wide kind, and exactly the kinds of a placement or of the service chart.",
  because: "What a project allows, whoever may commit to its folders may deploy (S-01, FM-11, FM-12).",
  *check(fleet) {
    for (const { application, cluster, id, object, at: where } of renderedObjects(fleet, "AppProject")) {
      const spec = objectAt(object, "spec");
      const { registry, repository: pulled } = fleet.documents.clusters.get(cluster)!.document.spec;
      const repository = pulled.url;
      const part = tenantPartOf(application);
      const problems =
        part?.kind === "grant"
          ? tenants(spec, part.tenant, id.name, repository)
          : application.name === "root"
            ? platforms(spec, id.name, repository, registry)
            : [`comes from ${application.name}: projects are root's and grants'`];
      for (const message of problems) yield { ...where, message, fix: "allow exactly what it deploys" };
    }
  },
};

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const apiGroup = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$/;
/** Only the platform's own project of grants has it: exact names would make every tenant a change of root. */
const anyTenant = "tenant-*";

function* common(spec: JsonObject, ...repositories: string[]): Iterable<string> {
  for (const source of stringsAt(spec, "sourceRepos"))
    if (!repositories.includes(source)) yield `may pull from ${source}, which is not this cluster's repository`;
  for (const field of ["sourceNamespaces", "roles", "clusterResourceBlacklist"] as const)
    if (at(spec, field) !== undefined) yield `sets ${field}, which nobody needs`;
  for (const list of ["clusterResourceWhitelist", "namespaceResourceWhitelist"])
    for (const entry of listAt(spec, list)) {
      const [group, kind] = [stringAt(entry, "group") ?? "*", stringAt(entry, "kind") ?? "*"];
      if (!apiGroup.test(group) || !/^[A-Z][A-Za-z0-9]*$/.test(kind))
        yield `allows ${group}/${kind} in ${list}, which Argo CD reads as a pattern`;
    }
  for (const list of ["destinations", "destinationServiceAccounts"])
    for (const destination of listAt(spec, list)) {
      const server = stringAt(destination, "server");
      if (server !== "https://kubernetes.default.svc") yield `may deploy to the server ${server ?? "of any name"}`;
      const namespace = stringAt(destination, "namespace") ?? "*";
      if (namespace !== anyTenant && !dnsLabel.test(namespace))
        yield `names ${JSON.stringify(namespace)} in ${list}, which Argo CD reads as a pattern`;
    }
}

function* platforms(spec: JsonObject, name: string, repository: string, registry: string): Iterable<string> {
  // Of the cluster's own registry, and of it the charts alone.
  const charts = stringsAt(spec, "sourceRepos").filter((source) =>
    [chartRepository, definitionsRepository].some(
      (of) => source === `oci://${of(registry, source.split("/").at(-1)!)}`,
    ),
  );
  yield* common(spec, repository, ...(name === "addons" ? charts : []));
  for (const destination of listAt(spec, "destinations")) {
    const namespace = stringAt(destination, "namespace") ?? "*";
    if (namespace === anyTenant && name !== "grants") yield `may deploy to ${namespace}`;
  }
  const isEmpty = ["sourceRepos", "destinations"].every((list) => listAt(spec, list).length === 0);
  if (name === "default" && !isEmpty) yield "is the project of whatever names none, and allows something";
}

function* tenants(spec: JsonObject, tenant: string, name: string, repository: string): Iterable<string> {
  yield* common(spec, repository);
  const own = tenantName(tenant);
  const isServices = name === `${own}-services`;
  const account = `deployers:${name}`;
  if (name !== own && !isServices) yield `is named neither ${own} nor ${own}-services`;
  for (const destination of listAt(spec, "destinations")) {
    const namespace = stringAt(destination, "namespace") ?? "*";
    if (namespace !== own) yield `may deploy to ${namespace}, which is not ${own}`;
  }
  if (listAt(spec, "clusterResourceWhitelist").length > 0) yield "may deploy cluster-wide kinds";
  if (at(spec, "namespaceResourceWhitelist") === undefined) yield "may deploy every kind of a namespace";
  const kinds = listAt(spec, "namespaceResourceWhitelist").map(
    (entry) => `${stringAt(entry, "group") ?? ""}/${stringAt(entry, "kind") ?? ""}`,
  );
  const wanted = isServices ? serviceKinds : placementKinds;
  for (const kind of kinds)
    if (!wanted.includes(kind)) yield `may deploy ${kind.replace(/^\//, "")}, which is the platform's to give`;
  for (const entry of listAt(spec, "destinationServiceAccounts")) {
    const found = `${stringAt(entry, "defaultServiceAccount")} in ${stringAt(entry, "namespace")}`;
    if (found !== `${account} in ${own}`) yield `acts as ${found}, not as ${account} in ${own}`;
  }
}
