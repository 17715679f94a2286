import type { RenderRequest } from "../argocd/application.ts";
import { canonical } from "../core/json.ts";
import type { Tree } from "../repo/tree.ts";

/** Raise it when the form of what is kept in the cache changes. */
const form = 2;

/** Names a render by everything that shapes it: equal keys, equal output. */
export function renderKey(request: RenderRequest, files: readonly string[], tree: Tree, renderer: string): string {
  const hash = new Bun.CryptoHasher("sha256");
  hash.update(`${form}\0${renderer}\0${canonical(request)}\0`);
  for (const file of files) hash.update(`${file}\0${tree.hash(file)}\0`);
  return hash.digest("hex");
}
