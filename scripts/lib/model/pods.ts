import { isObject, type Json, type JsonObject, type JsonPath, listAt, stringAt } from "../core/json.ts";

/** A description of pods inside an object, and where in it. */
export interface PodSpec {
  path: JsonPath;
  spec: JsonObject;
}

const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

/** Every description of pods in an object, wherever it is: also in the templates inside custom resources. */
export function podSpecs(object: Json, path: JsonPath = []): PodSpec[] {
  if (Array.isArray(object)) return object.flatMap((item, index) => podSpecs(item, [...path, index]));
  if (!isObject(object)) return [];
  const own = Array.isArray(object["containers"]) ? [{ path, spec: object }] : [];
  return [...own, ...Object.entries(object).flatMap(([key, item]) => podSpecs(item, [...path, key]))];
}

/** Containers of all three kinds, in the order in which they start. */
export function containers(spec: JsonObject): JsonObject[] {
  return containerLists.flatMap((list) => listAt(spec, list).filter(isObject));
}

/** What a container is called in messages. */
export function containerName(container: JsonObject): string {
  return stringAt(container, "name") ?? "a container without a name";
}
