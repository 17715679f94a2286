import { isObject, type Json, type JsonObject, type JsonPath, listAt, stringAt } from "../core/json.ts";

/** A description of pods inside an object, and where in it. */
export interface PodSpec {
  path: JsonPath;
  spec: JsonObject;
}

const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

/** Every description of pods in an object, wherever it is: also in the templates inside custom resources. */
export function podSpecs(object: JsonObject): PodSpec[] {
  const found: PodSpec[] = [];
  // Definitions are the largest objects of a cluster, and describe no pods but only how they are written.
  if (object["kind"] !== "CustomResourceDefinition") collect(object, [], found);
  return found;
}

function collect(value: Json, path: (string | number)[], found: PodSpec[]): void {
  if (typeof value !== "object" || value === null) return;
  if (isObject(value) && Array.isArray(value["containers"])) found.push({ path: [...path], spec: value });
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== "object" || item === null) continue;
    path.push(Array.isArray(value) ? Number(key) : key);
    collect(item, path, found);
    path.pop();
  }
}

/** Containers of all three kinds, in the order in which they start. */
export function containers(spec: JsonObject): JsonObject[] {
  return containerLists.flatMap((list) => listAt(spec, list).filter(isObject));
}

/** What a container is called in messages. */
export function containerName(container: JsonObject): string {
  return stringAt(container, "name") ?? "a container without a name";
}
