import { isObject, type Json } from "../core/json.ts";
import type { Tree } from "../repo/tree.ts";
import { RenderError } from "./renderer.ts";

/** What a schema refers to, by its content: a thousand Applications render one chart. */
const judged = new Map<string, string | undefined>();

/**
 * Refuses a chart whose schema of values refers to another document: Helm would fetch it, from wherever the chart says, and
 * what it then holds is in no review. Throws RenderError.
 */
export function checkSchemaReferences(files: readonly string[], tree: Tree): void {
  for (const file of files) {
    if (!file.endsWith("/values.schema.json")) continue;
    const hash = tree.hash(file);
    if (!judged.has(hash)) judged.set(hash, outside(read(tree.text(file))));
    const reference = judged.get(hash);
    if (reference !== undefined)
      throw new RenderError(
        `${file} refers to ${JSON.stringify(reference)}: a schema may refer only to itself (#/...)`,
      );
  }
}

function read(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null; // Helm says what is wrong with it, and refers to nothing.
  }
}

function outside(schema: Json | undefined): string | undefined {
  if (Array.isArray(schema)) return schema.map(outside).find((found) => found !== undefined);
  if (!isObject(schema)) return undefined;
  for (const key of ["$ref", "$dynamicRef", "$recursiveRef", "$schema"]) {
    const target = schema[key];
    if (typeof target !== "string" || target.startsWith("#")) continue;
    // The drafts that every reader carries with it.
    if (key === "$schema" && /^https?:\/\/json-schema\.org\//.test(target)) continue;
    return target;
  }
  return Object.values(schema)
    .map(outside)
    .find((found) => found !== undefined);
}
