import { at, type Json, type JsonObject, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { isOptionalValues } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";

/** What an Application says to Helm, wherever its chart is from. `files` are its values files by their paths in the repository. */
export function helmSettings(spec: JsonObject, helm: Json | undefined, files: readonly string[], tree: Tree) {
  const mayLack = at(helm, "ignoreMissingValueFiles") === true;
  const absentValueFiles = files.filter((file) => mayLack && isOptionalValues(file) && !tree.has(file));
  return {
    namespace: stringAt(spec, "destination", "namespace") ?? "",
    kubeVersion: stringAt(helm, "kubeVersion") ?? "",
    apiVersions: stringsAt(helm, "apiVersions"),
    valueFiles: files.filter((file) => !absentValueFiles.includes(file)),
    absentValueFiles,
    values: objectAt(helm, "valuesObject"),
  };
}
