import type { RenderRequest } from "../argocd/application.ts";
import type { Deploy } from "../engine/engine.ts";
import type { Cache } from "../io/cache.ts";
import { within } from "../repo/address.ts";
import type { Tree } from "../repo/tree.ts";
import { renderKey } from "./key.ts";
import { type Manifest, readManifests } from "./manifests.ts";
import type { Renderer } from "./renderer.ts";
import { checkSchemaReferences } from "./schema-references.ts";

/** What a render gave. */
export interface Rendered {
  /** Names the input: equal keys, equal objects. */
  key: string;
  manifests: Manifest[];
  warnings: string;
  /** Whether no program ran for it. */
  cached: boolean;
}

/** Renders through the cache: one render a distinct input, in this run and, with a cache on disk, in all later ones. */
export function cachedRenderer(renderer: Renderer, tree: Tree, cache: Cache | undefined) {
  const running = new Map<string, Promise<Rendered>>();
  return (request: RenderRequest, files: readonly string[], deploy?: Deploy): Promise<Rendered> => {
    const key = renderKey(request, files, tree, renderer.version);
    const known = running.get(key);
    if (known !== undefined) return known.then((rendered) => ({ ...rendered, ...kept(rendered), cached: true }));
    const rendered = render(key, request, files, deploy);
    running.set(key, rendered);
    return rendered;
  };

  async function render(
    key: string,
    request: RenderRequest,
    files: readonly string[],
    deploy: Deploy | undefined,
  ): Promise<Rendered> {
    const entry = await cache?.read(key);
    if (entry !== undefined)
      return { ...(JSON.parse(entry) as Pick<Rendered, "manifests" | "warnings">), key, cached: true };
    if (request.tool === "helm") checkSchemaReferences(files, tree);
    const output = await renderer.render(request, files, deploy);
    // Charts of others are as they are; ours have no excuse.
    const strictly = request.tool === "helm" && within("chart", `${request.chart}/`) !== undefined;
    const rendered = { manifests: readManifests(output.documents, strictly), warnings: output.warnings };
    await cache?.write(key, JSON.stringify(kept(rendered)));
    return { ...rendered, key, cached: false };
  }
}

/** What holds for whoever asks the same: verdicts are about one Application's objects. */
function kept({ manifests, warnings }: Pick<Rendered, "manifests" | "warnings">) {
  return { manifests: manifests.map(({ verdicts: _, ...manifest }): Manifest => manifest), warnings };
}
