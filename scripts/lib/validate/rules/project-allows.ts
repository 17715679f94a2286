import { type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Application } from "../../render/fleet.ts";
import type { Fleet, Rule } from "../rule.ts";
import { subjects } from "../subjects.ts";

export const projectAllows: Rule = {
  id: "project-allows",
  severity: "error",
  holds:
    "An Application's project is there and allows its source, its destination, every namespace and kind it renders, and an account to act as.",
  because:
    "Argo CD refuses the sync otherwise, after the merge (S-01); a project that allows more than that is not noticed.",
  *check(fleet) {
    const projects = new Map<string, JsonObject>();
    for (const { id, cluster, object } of subjects(fleet, "AppProject"))
      projects.set(`${cluster}/${id.name}`, objectAt(object, "spec"));
    for (const application of fleet.applications) {
      const name = stringAt(application.manifest, "spec", "project") ?? "";
      const at = {
        application: application.id,
        ...(application.folder === undefined ? {} : { file: application.folder }),
      };
      const project = projects.get(`${application.cluster}/${name}`);
      if (project === undefined) {
        yield {
          ...at,
          message: `is of the project ${JSON.stringify(name)}, which ${application.cluster} does not have`,
          fix: "name a project that is rendered for the cluster",
        };
        continue;
      }
      const file = `clusters/base/projects/${name}.yaml`;
      for (const [message, fix] of refusals(fleet, application, project))
        yield { ...at, message: `${message} (project ${name})`, fix: `${fix} ${file}` };
    }
  },
};

function refusals(
  fleet: Fleet,
  { manifest, cluster, objects }: Application,
  project: JsonObject,
): Set<[string, string]> {
  const found = new Map<string, [string, string]>();
  const refuse = (message: string, fix: string) => found.set(message, [message, fix]);
  const repository = stringAt(manifest, "spec", "source", "repoURL") ?? "";
  if (!stringsAt(project, "sourceRepos").includes(repository))
    refuse(`may not pull from ${repository}`, "add it to sourceRepos in");
  const namespaces = new Set(listAt(project, "destinations").map((destination) => stringAt(destination, "namespace")));
  const destination = stringAt(manifest, "spec", "destination", "namespace") ?? "";
  if (!namespaces.has(destination)) refuse(`may not deploy to ${destination}`, "add it to destinations in");
  const accounts = listAt(project, "destinationServiceAccounts").map((account) => stringAt(account, "namespace"));
  if (!accounts.includes(destination))
    refuse(`has no account for ${destination}`, "add it to destinationServiceAccounts in");
  const kindIn = (list: string, group: string, kind: string) =>
    listAt(project, list).some((entry) => stringAt(entry, "group") === group && stringAt(entry, "kind") === kind);
  const restricted = project["namespaceResourceWhitelist"] !== undefined;
  for (const { id, object } of objects) {
    const isCluster = fleet.kinds(cluster).scopeOf(object) === "Cluster";
    const what = `${id.group === "" ? "" : `${id.group}/`}${id.kind}`;
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
