import type { RenderRequest } from "../argocd/application.ts";
import type { JsonObject } from "../core/json.ts";
import type { Deploy } from "../engine/engine.ts";
import type { Verdict } from "../engine/messages.ts";

/** The input of a render, or the program's own judgement of it, is bad. The message is the program's, made readable. */
export class RenderError extends Error {
  override name = "RenderError";
}

/** What Helm or Kustomize says, without what is of this run alone: how to ask for more, and addresses of memory. */
export function readable(said: string): string {
  return said
    .replace(/^error: /i, "")
    .replace(/\n\nUse --debug flag.*$/s, "")
    .replace(/&\{0x[0-9a-f]+ <nil>\}/g, "of the kustomization")
    .trim();
}

/** One object of a render: read, or as YAML that has to be. */
export type Document = ({ object: JsonObject } | { text: string }) & {
  /** The template it came from, as Helm names it: CHART/templates/FILE. Kustomize does not say. */
  template?: string;
  /** About each object that Argo CD makes of it, where it was judged with the render. */
  verdicts?: Verdict[];
};

/** What came out of one render. */
export interface Output {
  /** In the order in which they are applied. */
  documents: Document[];
  /** What the program said beside it, if anything. */
  warnings: string;
  /** The same as JSON, where it came so. */
  json?: string;
}

/**
 * Turns requests into manifests. There may be several: the programs users know, and engines proven equal to them.
 * A renderer sees only the files it is given.
 */
export interface Renderer {
  /** Names and versions of everything that shapes the output: part of every cache key. */
  readonly version: string;
  /** Throws RenderError for bad input, ToolError when the renderer itself failed. */
  render(request: RenderRequest, files: readonly string[], deploy?: Deploy): Promise<Output>;
  /** Removes what it keeps on disk. */
  close: () => Promise<void>;
}
