import { isObject, type JsonObject } from "../core/json.ts";
import type { Verdict } from "../engine/messages.ts";
import { parseYaml } from "../yaml/parse.ts";
import { type Document, RenderError } from "./renderer.ts";

/** One object as rendered. */
export interface Manifest {
  object: JsonObject;
  /** The template it came from, as Helm names it. */
  template?: string;
  /** About each object that Argo CD makes of it, where it was judged with the render. */
  verdicts?: Verdict[];
}

const separator = /^---[ \t]*$/m;

/** Takes a stream of YAML apart, as Argo CD's repo server would. */
export function documentsOf(output: string): Document[] {
  return output.split(separator).map((text) => {
    const template = /^# Source: (.+)$/m.exec(text)?.[1];
    return { text, ...(template === undefined ? {} : { template }) };
  });
}

/**
 * Reads documents, empty ones left out. Strictly: what Argo CD and the API server would read otherwise than we do is an
 * error, as an unquoted value in a template makes it.
 */
export function readManifests(documents: readonly Document[], strictly: boolean): Manifest[] {
  const manifests: Manifest[] = [];
  for (const document of documents) {
    const { template } = document;
    const named = template === undefined ? {} : { template };
    if ("object" in document) {
      manifests.push(document);
      continue;
    }
    const object = parse(document.text, template);
    const problem = strictly ? problemOf(document.text) : undefined;
    if (problem !== undefined) throw new RenderError(`${template ?? "the output"} renders YAML that ${problem}`);
    if (object === null || object === undefined) continue;
    if (!isObject(object)) throw new RenderError(`${template ?? "the output"} renders something that is not an object`);
    manifests.push({ object, ...named });
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
