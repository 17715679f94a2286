import path from "node:path";

import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { pendingChanges } from "../io/apply.ts";
import { Cache, cacheFolder } from "../io/cache.ts";
import { readTree } from "../io/files.ts";
import { treeAt } from "../io/revision.ts";
import { readSchema } from "../io/schemas.ts";
import { compile } from "../model/schema.ts";
import { type Documents, loadDocuments } from "../repo/documents.ts";
import { clusterOf, documentSchemas, kustomizationSchema, tenantValuesSchema } from "../repo/layout.ts";
import { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import { readClean } from "./clean-files.ts";
import { checkFiles } from "./intake.ts";

/** A repository as it lies there, before anything is rendered. */
export interface Repository {
  tree: Tree;
  sources: Sources;
  documents: Documents;
  /** Folders of clusters, those with errors in their facts as well. */
  clusters: string[];
  /** Files that no program may read. */
  broken: ReadonlySet<string>;
  findings: Finding[];
  cache: Cache | undefined;
}

/** Reads a repository: every file strictly, every document against its schema. Changes, and those a killed writer left, are seen as if made. With a revision: as it is in that commit. */
export async function readRepository(
  root: string,
  env: Record<string, string | undefined>,
  useCache: boolean,
  changes: readonly Change[] = [],
  revision?: string,
): Promise<Repository> {
  const { tree: found, findings } = revision === undefined ? await readTree(root) : await treeAt(root, revision);
  const seen = [...(revision === undefined ? await pendingChanges(root) : []), ...changes];
  const tree = seen.length === 0 ? found : found.with(seen);
  const clusters = tree.list("clusters").filter((name) => clusterOf(`clusters/${name}/`) !== undefined);
  if (clusters.length === 0) {
    throw new UsageError(`${root} holds no clusters/CLUSTER: run this at the root of the repository`);
  }
  const cache = useCache ? new Cache(path.join(cacheFolder(env), "render")) : undefined;
  const sources = new Sources(tree, await readClean(cache));
  const checkOf = async (schema: string) => compile(await readSchema(schema));
  const files = checkFiles(tree, sources, {
    kustomization: await checkOf(kustomizationSchema),
    tenantValues: await checkOf(tenantValuesSchema),
  });
  const { documents, findings: documentFindings } = loadDocuments(tree, sources, {
    Cluster: await checkOf(documentSchemas.Cluster),
    Environment: await checkOf(documentSchemas.Environment),
    Exceptions: await checkOf(documentSchemas.Exceptions),
    External: await checkOf(documentSchemas.External),
    SecretRules: await checkOf(documentSchemas.SecretRules),
    Tenant: await checkOf(documentSchemas.Tenant),
    Tombstone: await checkOf(documentSchemas.Tombstone),
  });
  return {
    tree,
    sources,
    documents,
    clusters,
    broken: files.broken,
    findings: [...findings, ...files.findings, ...documentFindings],
    cache,
  };
}
