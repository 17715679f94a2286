import { at, type Json, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { containerName, containers } from "../pods.ts";
import { containerProblems } from "./containers.ts";
import { type Problems, repeated } from "./problem.ts";

/** One description of pods; a StatefulSet brings volumes of its own. */
export function* podProblems(pod: JsonObject, claims: readonly string[]): Problems {
  const all = containers(pod);
  // Of one list they are told apart by their key already.
  for (const name of repeated(all.map((container) => stringAt(container, "name"))))
    if (!isTwiceInOneList(pod, name))
      yield { message: `has two containers named ${name}`, fix: "give one of them another name" };
  yield* volumes(pod);
  const known = new Set([...listAt(pod, "volumes").map((volume) => stringAt(volume, "name") ?? ""), ...claims]);
  for (const container of all) {
    for (const field of ["volumeMounts", "volumeDevices"])
      for (const mount of listAt(container, field)) {
        const name = stringAt(mount, "name");
        if (name !== undefined && !known.has(name))
          yield {
            message: `${containerName(container)} mounts the volume ${name}, which the pod does not have`,
            fix: "add the volume, or correct the name",
          };
      }
    yield* containerProblems(container, pod);
  }
  yield* tolerations(pod);
}

function isTwiceInOneList(pod: JsonObject, name: string): boolean {
  return ["initContainers", "containers", "ephemeralContainers"].some(
    (list) => listAt(pod, list).filter((container) => stringAt(container, "name") === name).length > 1,
  );
}

function* volumes(pod: JsonObject): Problems {
  for (const volume of listAt(pod, "volumes")) {
    const types = volumeTypes(volume);
    const name = stringAt(volume, "name") ?? "without a name";
    if (types.length > 1)
      yield { message: `has the volume ${name} of the types ${types.join(" and ")}`, fix: "keep one of them" };
    for (const { path } of ["configMap", "secret", "downwardAPI"].flatMap((type) => items(at(volume, type))))
      yield* outside(name, path);
    for (const source of listAt(volume, "projected", "sources")) {
      for (const { path } of ["configMap", "secret", "downwardAPI"].flatMap((type) => items(at(source, type))))
        yield* outside(name, path);
      const kinds = Object.keys(source as JsonObject);
      if (kinds.length > 1)
        yield {
          message: `has the volume ${name} with a source of ${kinds.length} types (${kinds.join(", ")})`,
          fix: "write a source for each",
        };
    }
  }
}

/** Files that a volume makes of keys. */
function items(source: Json | undefined): { path: string }[] {
  return listAt(source, "items").map((item) => ({ path: stringAt(item, "path") ?? "" }));
}

function* outside(volume: string, path: string): Problems {
  if (path.startsWith("/") || path.split("/").includes(".."))
    yield { message: `has the volume ${volume} with an item at ${path}`, fix: "name a path inside the volume" };
}

/** What a volume is of: an emptyDir, if nothing is said. It is every field but the name. */
export function volumeTypes(volume: Json): string[] {
  return Object.keys(volume as JsonObject).filter((key) => key !== "name");
}

function* tolerations(pod: JsonObject): Problems {
  for (const toleration of listAt(pod, "tolerations")) {
    const operator = stringAt(toleration, "operator") ?? "Equal";
    const key = stringAt(toleration, "key") ?? "";
    const says = `tolerates ${key === "" ? "every taint" : `the taint ${key}`}`;
    if (key === "" && operator !== "Exists")
      yield { message: `${says} with the operator ${operator}`, fix: "name a key, or write operator: Exists" };
    if (operator === "Exists" && (stringAt(toleration, "value") ?? "") !== "")
      yield { message: `${says} with the operator Exists and a value`, fix: "remove the value, or write Equal" };
    if (at(toleration, "tolerationSeconds") !== undefined && stringAt(toleration, "effect") !== "NoExecute")
      yield { message: `${says} for a time, without the effect NoExecute`, fix: "write effect: NoExecute" };
    if (key !== "" && !/^([a-z0-9][a-z0-9.-]{0,252}\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(key))
      yield {
        message: `${says}, whose key no taint can have`,
        fix: "use letters, digits, dots, hyphens and underscores",
      };
  }
}
