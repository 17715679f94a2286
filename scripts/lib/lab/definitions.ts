import path from "node:path";

import { UsageError } from "../core/errors.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { readTree } from "../io/files.ts";
import type { Fleet } from "../validate/rule.ts";

/** Real CustomResourceDefinitions of the groups that a fleet uses, out of a folder GROUP/PLURAL.yaml. */
export async function definitionsFor(fleet: Fleet, folder: string | undefined): Promise<JsonObject[]> {
  if (folder === undefined || folder === "") {
    throw new UsageError(
      "CRDS_DIR names no folder of CustomResourceDefinitions (GROUP/PLURAL.yaml): the lab installs them from there",
    );
  }
  const groups = new Set(fleet.applications.flatMap(({ objects }) => objects.map(({ id }) => id.group)));
  const { tree } = await readTree(path.dirname(path.resolve(folder)), [path.basename(path.resolve(folder))]);
  const files = tree.paths.filter((file) => groups.has(file.split("/").at(-2) ?? "") && file.endsWith(".yaml"));
  return files.map((file) => Bun.YAML.parse(new TextDecoder().decode(tree.bytes(file)))).filter(isObject);
}
