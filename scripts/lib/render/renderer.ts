import type { RenderRequest } from "../argocd/application.ts";

/** The input of a render, or the program's own judgement of it, is bad. The message is the program's, made readable. */
export class RenderError extends Error {
  override name = "RenderError";
}

/** What came out of one render. */
export interface Output {
  /** A stream of YAML documents, as Argo CD's repo server would read it. */
  manifests: string;
  /** What the program said beside it, if anything. */
  warnings: string;
}

/**
 * Turns requests into manifests. There may be several: the programs users know, and engines proven equal to them.
 * A renderer sees only the files it is given.
 */
export interface Renderer {
  /** Names and versions of everything that shapes the output: part of every cache key. */
  readonly version: string;
  /** Throws RenderError for bad input, ToolError when the renderer itself failed. */
  render(request: RenderRequest, files: readonly string[]): Promise<Output>;
  /** Removes what it keeps on disk. */
  close: () => Promise<void>;
}
