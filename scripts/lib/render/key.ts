import type { RenderRequest } from "../argocd/application.ts";
import type { Tree } from "../repo/tree.ts";

/** Raise it when the form of what is kept in the cache changes. */
const form = 3;

/** Names a render by everything that shapes it: equal keys, equal output. What only stands in another order is rendered anew. */
export function renderKey(request: RenderRequest, files: readonly string[], tree: Tree, renderer: string): string {
  const hash = new Bun.CryptoHasher("sha256");
  hash.update(`${form}\0${renderer}\0${JSON.stringify(request)}\0`);
  for (const file of files) hash.update(`${file}\0${tree.hash(file)}\0`);
  return hash.digest("hex");
}
