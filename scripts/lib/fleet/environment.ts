import { listAt, objectAt, stringAt } from "../core/json.ts";
import { containers } from "../model/pods.ts";
import type { DeployedObject } from "./objects.ts";

/** Plain variables of a pod's containers: their own, and those of ConfigMaps of the same Application. */
export function environmentOf({ application, pods, id }: DeployedObject): Map<string, string> {
  const maps = new Map(
    application.objects
      .filter((other) => other.id.kind === "ConfigMap" && other.id.namespace === id.namespace)
      .map((other) => [other.id.name, other.object]),
  );
  const found = new Map<string, string>();
  for (const container of pods.flatMap(({ spec }) => containers(spec))) {
    for (const from of listAt(container, "envFrom"))
      for (const [name, value] of Object.entries(
        objectAt(maps.get(stringAt(from, "configMapRef", "name") ?? ""), "data"),
      ))
        if (typeof value === "string") found.set(name, value);
    for (const variable of listAt(container, "env")) {
      const value = stringAt(variable, "value");
      if (value !== undefined) found.set(stringAt(variable, "name") ?? "", value);
    }
  }
  return found;
}
