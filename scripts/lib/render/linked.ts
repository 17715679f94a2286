import { ToolError } from "../core/errors.ts";
import type { Engine } from "../engine/engine.ts";
import type { Tree } from "../repo/tree.ts";
import { type Document, readable, type Renderer, RenderError } from "./renderer.ts";

/** Renders by the engine: the libraries of Helm and Kustomize in a process that stays, proven equal to the programs. */
export function linked(engine: Engine, tree: Tree): Renderer {
  return {
    version: engine.version,
    async render(request, files, deploy) {
      try {
        const { documents, warnings, json } = await engine.render(request, files, tree, deploy);
        return { documents: documents as Document[], warnings, json };
      } catch (error) {
        if (error instanceof ToolError) throw error;
        throw new RenderError(readable((error as Error).message));
      }
    },
    close: async () => {},
  };
}
