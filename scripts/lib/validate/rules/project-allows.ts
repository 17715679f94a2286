import { type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { standingObjects } from "../../fleet/objects.ts";
import { kindName } from "../../model/resource.ts";
import type { Application } from "../../render/application.ts";
import type { Rule } from "../rule.ts";

export const projectAllows: Rule = {
  id: "project-allows",
  severity: "error",
  holds:
    "An Application's project is there and allows its source, its destination, every namespace and kind it renders, and an account to act as.",
  because:
    "Argo CD refuses the sync otherwise, after the merge (S-01); a project that allows more than that is not noticed.",
  cannotJudge(fleet) {
    const left = fleet.applications.filter((application) => isElsewhere(fleet, application));
    if (left.length === 0) return undefined;
    const what = `rule project-allows for ${left.map(({ id }) => id).join(", ")}`;
    return { what, reason: "the grant that holds their project is not rendered" };
  },
  *check(fleet) {
    const projects = new Map<string, { spec: JsonObject; file: string }>();
    for (const { id, cluster, object, file } of standingObjects(fleet, "AppProject"))
      projects.set(`${cluster}/${id.name}`, { spec: objectAt(object, "spec"), file: file ?? "its file" });
    for (const application of fleet.applications) {
      const name = stringAt(application.manifest, "spec", "project") ?? "";
      const at = {
        application: application.id,
        ...(application.folder === undefined ? {} : { file: application.folder }),
      };
      const project = projects.get(`${application.cluster}/${name}`);
      if (project === undefined && isElsewhere(fleet, application)) continue;
      if (project === undefined) {
        yield {
          ...at,
          message: `is of the project ${JSON.stringify(name)}, which ${application.cluster} does not have`,
          fix: "name a project that is rendered for the cluster",
        };
        continue;
      }
      for (const [message, fix] of refusals(fleet, application, project.spec))
        yield { ...at, message: `${message} (project ${name})`, fix: `${fix} ${project.file}` };
    }
  },
};

/** Whether the project of a tenant's Application is in a grant that is not rendered in this run. */
function isElsewhere({ applications, extent }: Fleet, { cluster, manifest }: Application): boolean {
  const project = stringAt(manifest, "spec", "project") ?? "";
  if (extent !== "applications" || !project.startsWith("tenant-")) return false;
  const grant = applications.find(
    (other) =>
      other.cluster === cluster &&
      project.replace(/-services$/, "") === other.name.replace("grant-", "tenant-") &&
      other.name.startsWith("grant-"),
  );
  return grant?.notRendered !== undefined;
}

/** A destination of Argo CD; here a * stands only at the end of one. */
function matchesGlob(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function refusals(fleet: Fleet, application: Application, project: JsonObject): Set<[string, string]> {
  const { manifest, objects } = application;
  const found = new Map<string, [string, string]>();
  const refuse = (message: string, fix: string) => found.set(message, [message, fix]);
  const sources = [objectAt(manifest, "spec", "source"), ...listAt(manifest, "spec", "sources")];
  for (const repository of sources.flatMap((source) => stringAt(source, "repoURL") ?? []))
    if (!stringsAt(project, "sourceRepos").includes(repository))
      refuse(`may not pull from ${repository}`, "add it to sourceRepos in");
  const patterns = listAt(project, "destinations").map((destination) => stringAt(destination, "namespace") ?? "");
  const namespaces = { has: (name: string) => patterns.some((pattern) => matchesGlob(pattern, name)) };
  const destination = stringAt(manifest, "spec", "destination", "namespace") ?? "";
  if (!namespaces.has(destination)) refuse(`may not deploy to ${destination}`, "add it to destinations in");
  const accounts = listAt(project, "destinationServiceAccounts").map((account) => stringAt(account, "namespace"));
  if (!accounts.includes(destination))
    refuse(`has no account for ${destination}`, "add it to destinationServiceAccounts in");
  const kindIn = (list: string, group: string, kind: string) =>
    listAt(project, list).some((entry) => stringAt(entry, "group") === group && stringAt(entry, "kind") === kind);
  const restricted = project["namespaceResourceWhitelist"] !== undefined;
  for (const { id, object } of objects) {
    const isCluster = fleet.kindsFor(application).scopeOf(object) === "Cluster";
    const what = kindName(id);
    if (!isCluster && !namespaces.has(id.namespace))
      refuse(`may not deploy to ${id.namespace}`, "add it to destinations in");
    if (isCluster && !kindIn("clusterResourceWhitelist", id.group, id.kind))
      refuse(`may not deploy ${what}`, "add it to clusterResourceWhitelist in");
    if (!isCluster && restricted && !kindIn("namespaceResourceWhitelist", id.group, id.kind)) {
      refuse(`may not deploy ${what}`, "add it to namespaceResourceWhitelist in");
    }
  }
  return new Set(found.values());
}
