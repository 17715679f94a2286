import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { formatResource, resourceId } from "../model/resource.ts";

/** How far the deletion of an Application is. */
export interface Deletion {
  /** When it was asked for. */
  since: string;
  /** The sync that runs or waits for its next try: Argo CD deletes nothing before it has ended. */
  operation: string | undefined;
  /** For people: the first of what it waits for. */
  waitsFor: string;
}

/** What Argo CD waits for before it lets go of an Application; undefined if nobody deletes it. */
export function deletionOf(application: JsonObject): Deletion | undefined {
  const since = stringAt(application, "metadata", "deletionTimestamp");
  if (since === undefined) return undefined;
  const state = objectAt(application, "status", "operationState");
  const operation = isObject(application["operation"])
    ? (stringAt(state, "message") ?? "it has not begun yet")
    : undefined;
  const unconfirmed = isConfirmed(application, since) ? [] : askingResources(application);
  const failed = listAt(application, "status", "conditions").find(
    (condition) => stringAt(condition, "type") === "DeletionError",
  );
  const waits = [
    operation === undefined ? undefined : `a sync that has not ended: ${operation}`,
    unconfirmed.length === 0
      ? undefined
      : `a person's confirmation (docs/runbooks/break-glass.md), for ${unconfirmed.join(", ")}`,
    stringAt(failed, "message"),
  ];
  return { since, operation, waitsFor: waits.find((why) => why !== undefined) ?? "its objects to go" };
}

/** Whether somebody can end the operation: it was begun, is not over, and nobody has ended it yet. */
export function isEndable(application: JsonObject): boolean {
  return isObject(application["operation"]) && stringAt(application, "status", "operationState", "phase") === "Running";
}

/** What an Application says it deployed: enough of each object to ask for it. */
export function deployedBy(application: JsonObject): JsonObject[] {
  return listAt(application, "status", "resources").map((resource) => {
    const [group, namespace] = [stringAt(resource, "group"), stringAt(resource, "namespace")];
    const version = stringAt(resource, "version") ?? "";
    return {
      apiVersion: group === undefined || group === "" ? version : `${group}/${version}`,
      kind: stringAt(resource, "kind") ?? "",
      metadata: { name: stringAt(resource, "name") ?? "", ...(namespace === undefined ? {} : { namespace }) },
    };
  });
}

/** Of objects that are still there, those that an Application left behind: what another has taken over is its own. */
export function leftBehind(name: string, standing: readonly JsonObject[]): { going: string[]; kept: string[] } {
  const own = standing.filter((object) =>
    stringAt(object, "metadata", "annotations", "argocd.argoproj.io/tracking-id")?.startsWith(`${name}:`),
  );
  const isGoing = (object: JsonObject) => stringAt(object, "metadata", "deletionTimestamp") !== undefined;
  const finalizers = (object: JsonObject) => listAt(object, "metadata", "finalizers").map(String).join(", ");
  const nameOf = (object: JsonObject) => formatResource(resourceId(object));
  return {
    going: own
      .filter((object) => isGoing(object))
      .map((object) => `${nameOf(object)} (waits for ${finalizers(object)})`),
    kept: own.filter((object) => !isGoing(object)).map(nameOf),
  };
}

/** As Argo CD reads it: a confirmation that is older than the deletion was meant for another. */
function isConfirmed(application: JsonObject, since: string): boolean {
  const approved = stringAt(application, "metadata", "annotations", "argocd.argoproj.io/deletion-approved") ?? "";
  return Date.parse(approved) >= Date.parse(since);
}

function askingResources(application: JsonObject): string[] {
  return listAt(application, "status", "resources")
    .filter((resource) => asks(resource))
    .map((resource) => `${stringAt(resource, "kind") ?? ""} ${stringAt(resource, "name") ?? ""}`);
}

const asks = (resource: Json) => isObject(resource) && resource["requiresDeletionConfirmation"] === true;
