import { type JsonObject, listAt, stringAt } from "../core/json.ts";

/** An Application that is not Synced and Healthy yet, and what Argo CD says of it. */
export interface Awaited {
  name: string;
  sync: string;
  health: string;
  why: string;
}

/** Which of a cluster's Applications it has to wait for, by name. */
export function awaitedApplications(live: readonly JsonObject[], expected: readonly string[]): Awaited[] {
  const byName = new Map(live.map((application) => [stringAt(application, "metadata", "name"), application]));
  return expected.toSorted().flatMap((name) => {
    const application = byName.get(name);
    if (application === undefined)
      return [{ name, sync: "-", health: "-", why: "no Application of that name is there: root has not made it yet" }];
    const sync = stringAt(application, "status", "sync", "status") ?? "Unknown";
    const health = stringAt(application, "status", "health", "status") ?? "Unknown";
    return sync === "Synced" && health === "Healthy" ? [] : [{ name, sync, health, why: reasonOf(application) }];
  });
}

/** The first of what explains it: an error, a sync that failed or runs, an object that is not well, one that differs. */
function reasonOf(application: JsonObject): string {
  const [condition] = listAt(application, "status", "conditions");
  const [unwell] = listAt(application, "status", "resources").filter(
    (resource) => (stringAt(resource, "health", "status") ?? "Healthy") !== "Healthy",
  );
  const different = listAt(application, "status", "resources")
    .filter((resource) => stringAt(resource, "status") === "OutOfSync")
    .map((resource) => `${stringAt(resource, "kind")} ${stringAt(resource, "name")}`);
  const operation = stringAt(application, "status", "operationState", "phase");
  const reasons = [
    stringAt(condition, "message"),
    operation === "Succeeded" ? undefined : stringAt(application, "status", "operationState", "message"),
    unwell === undefined
      ? undefined
      : [stringAt(unwell, "kind"), stringAt(unwell, "name"), stringAt(unwell, "health", "message")]
          .filter((part) => part !== undefined)
          .join(" "),
    different.length === 0 ? undefined : `OutOfSync: ${different.join(", ")}`,
  ];
  return reasons.find((reason) => reason !== undefined && reason !== "") ?? "Argo CD gives no reason";
}
