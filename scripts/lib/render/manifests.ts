import { isObject, type JsonObject } from "../core/json.ts";
import { parseYaml } from "../yaml/parse.ts";
import { RenderError } from "./renderer.ts";

/** One object as rendered. */
export interface Manifest {
  object: JsonObject;
  /** The template it came from, as Helm names it: CHART/templates/FILE. Kustomize does not say. */
  template?: string;
}

const separator = /^---[ \t]*$/m;

/**
 * Splits a renderer's output into objects, empty documents left out. Strictly: what Argo CD and the API server would
 * read otherwise than we do is an error, as an unquoted value in a template makes it.
 */
export function parseManifests(output: string, strictly: boolean): Manifest[] {
  const manifests: Manifest[] = [];
  for (const text of output.split(separator)) {
    const template = /^# Source: (.+)$/m.exec(text)?.[1];
    const object = parse(text, template);
    const problem = strictly ? problemOf(text) : undefined;
    if (problem !== undefined) throw new RenderError(`${template ?? "the output"} renders YAML that ${problem}`);
    if (object === null || object === undefined) continue;
    if (!isObject(object)) throw new RenderError(`${template ?? "the output"} renders something that is not an object`);
    manifests.push({ object, ...(template === undefined ? {} : { template }) });
  }
  return manifests;
}

function parse(text: string, template: string | undefined): unknown {
  try {
    return Bun.YAML.parse(text);
  } catch (error) {
    throw new RenderError(`${template ?? "the output"} renders invalid YAML: ${(error as Error).message}`);
  }
}

function problemOf(text: string): string | undefined {
  const result = parseYaml(new TextEncoder().encode(text));
  const problem = "problems" in result ? result.problems[0] : undefined;
  return problem === undefined ? undefined : `${problem.message} (line ${problem.line ?? 1} of the object)`;
}
