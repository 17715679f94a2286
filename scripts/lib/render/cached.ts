import type { RenderRequest } from "../argocd/application.ts";
import type { Deploy } from "../engine/engine.ts";
import type { Cache } from "../io/cache.ts";
import { within } from "../repo/address.ts";
import type { Tree } from "../repo/tree.ts";
import { renderKey } from "./key.ts";
import { type Manifest, readManifests } from "./manifests.ts";
import type { Output, Renderer } from "./renderer.ts";
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
    if (known !== undefined)
      return known.then((rendered) => ({ ...rendered, manifests: rendered.manifests.map(alone), cached: true }));
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
    // Charts of others are as they are; ours have no excuse.
    const strictly = request.tool === "helm" && within("chart", `${request.chart}/`) !== undefined;
    const entry = await cache?.read(key);
    if (entry !== undefined) {
      const { documents, warnings } = JSON.parse(entry) as Output;
      return { manifests: readManifests(documents, strictly).map(alone), warnings, key, cached: true };
    }
    if (request.tool === "helm") checkSchemaReferences(files, tree);
    const output = await renderer.render(request, files, deploy);
    const manifests = readManifests(output.documents, strictly);
    await cache?.write(key, entryOf(output, manifests));
    return { manifests, warnings: output.warnings, key, cached: false };
  }
}

/** An Output again, of which all is read: as it came, if that holds no text. */
function entryOf({ documents, warnings, json }: Output, manifests: readonly Manifest[]): string {
  if (json !== undefined && documents.every((document) => "object" in document)) return json;
  return JSON.stringify({ documents: manifests, warnings });
}

/** Without verdicts: they are about the objects of the one Application that was rendered. */
function alone({ object, template }: Manifest): Manifest {
  return { object, ...(template === undefined ? {} : { template }) };
}
