import path from "node:path";

import type { RenderRequest } from "../argocd/application.ts";
import { type JsonPath, listAt, stringAt, stringsAt } from "../core/json.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";

/** A file or folder that something names and that is not there. */
export interface MissingRead {
  file: string;
  at: JsonPath;
  missing: string;
}

/** Every file a render reads. Programs are given these files and no others, so the list is complete or they fail. */
export interface Reads {
  files: string[];
  missing: MissingRead[];
}

export function readsOf(request: RenderRequest, tree: Tree, sources: Sources): Reads {
  if (request.tool === "helm") {
    const files = new Set([...tree.below(request.chart), ...request.valueFiles]);
    return { files: [...files].toSorted(), missing: [] };
  }
  const files = new Set<string>();
  const missing: MissingRead[] = [];
  visit(request.path, new Set());
  return { files: [...files].toSorted(), missing };

  function visit(folder: string, above: ReadonlySet<string>): void {
    const file = `${folder}/kustomization.yaml`;
    if (files.has(file) || above.has(folder)) return;
    files.add(file);
    for (const { at, target } of references(sources.data(file))) {
      const found = path.posix.join(folder, target);
      if (tree.has(found)) files.add(found);
      else if (tree.has(`${found}/kustomization.yaml`)) visit(found, new Set([...above, folder]));
      else missing.push({ file, at, missing: found });
    }
  }
}

/** Everything a kustomization names by path: files, and folders with a kustomization of their own. */
function references(kustomization: unknown): { at: JsonPath; target: string }[] {
  const found: { at: JsonPath; target: string }[] = [];
  for (const field of ["resources", "components"]) {
    for (const [index, target] of stringsAt(kustomization, field).entries()) found.push({ at: [field, index], target });
  }
  for (const [index, patch] of listAt(kustomization, "patches").entries()) {
    const target = stringAt(patch, "path");
    if (target !== undefined) found.push({ at: ["patches", index, "path"], target });
  }
  for (const [index, generator] of listAt(kustomization, "configMapGenerator").entries()) {
    for (const [position, entry] of stringsAt(generator, "files").entries()) {
      const target = entry.slice(entry.indexOf("=") + 1);
      found.push({ at: ["configMapGenerator", index, "files", position], target });
    }
  }
  return found;
}
