import { isObject, stringAt } from "../core/json.ts";
import { heldArchive } from "../io/archives.ts";
import { contractsOf } from "../model/definitions.ts";

type Env = Record<string, string | undefined>;

/** What an archive of definitions lets a cluster serve: "GROUP/VERSION KIND". Undefined where it is not on this machine. */
async function servedBy(env: Env, digest: string): Promise<Set<string> | undefined> {
  const held = await heldArchive(env, "manifests", digest);
  if (held === undefined || "problem" in held) return undefined;
  const served = [...held.files.values()].flatMap((bytes) => {
    const data: unknown = Bun.YAML.parse(new TextDecoder().decode(bytes));
    if (!isObject(data) || stringAt(data, "kind") !== "CustomResourceDefinition") return [];
    return contractsOf(data).map(({ properties: { apiVersion, kind } }) => `${apiVersion.const} ${kind.const}`);
  });
  return new Set(served);
}

/** Kinds that are served before and not after: objects of them are out of reach then. Sorted. */
export async function definitionsThatGo(env: Env, before: string, after: string | undefined): Promise<string[]> {
  const was = await servedBy(env, before);
  const will = after === undefined ? new Set<string>() : await servedBy(env, after);
  return was === undefined || will === undefined ? [] : [...was].filter((kind) => !will.has(kind)).toSorted();
}
