import path from "node:path";

import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { pendingChanges } from "../io/apply.ts";
import { Cache, cacheFolder, cacheLimit } from "../io/cache.ts";
import { readTree } from "../io/files.ts";
import { treeAt } from "../io/revision.ts";
import { workspaceOf } from "../io/workspace.ts";
import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { type Documents, loadDocuments } from "../repo/documents.ts";
import { retirementFile } from "../repo/layout.ts";
import { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import { readClean, writeClean } from "./clean-files.ts";
import { excusesOf } from "./excuses.ts";
import { checkFiles } from "./intake.ts";
import { type Checks, readChecks } from "./knowledge.ts";

export interface ReadOptions {
  env: Record<string, string | undefined>;
  /** Whether to keep and use what earlier runs found; yes if nothing is said. */
  cache?: boolean;
  /** A commit to read instead of the working folder. */
  revision?: string | undefined;
  /** A checkout whose exceptions and allowances count in place of its own: a fork's word excuses nothing of a fork. */
  judgedBy?: string | undefined;
}

/** What every repository that was made of one reading has in common. */
interface Origin {
  root: string;
  env: Record<string, string | undefined>;
  cache: Cache | undefined;
  checks: Checks;
}

/**
 * A repository, every file read strictly and every document held against its schema; nothing is rendered. It is read
 * once: as it would be with some changes, and as it was in a commit, are made of the same reading.
 */
export class Repository implements Content {
  readonly tree: Tree;
  readonly sources: Sources;
  readonly documents: Documents;
  /** Folders of clusters, those with errors in their facts as well. */
  readonly clusters: readonly string[];
  /** Files that no program may read. */
  readonly broken: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  /** How long it took to make, the reading of files included. */
  readonly milliseconds: number;
  readonly #origin: Origin;
  /** What is wrong with the tree beside its files: links, submodules. */
  readonly #treeFindings: readonly Finding[];

  private constructor(origin: Origin, tree: Tree, sources: Sources, treeFindings: readonly Finding[], started: number) {
    const clusters = placesIn(tree, "cluster")
      .map(({ cluster }) => cluster)
      .filter((cluster) => !tree.has(retirementFile(cluster)));
    if (clusters.length === 0)
      throw new UsageError(`${origin.root} has no clusters/CLUSTER folder: run this at the root of the repository`);
    const files = checkFiles(tree, sources, origin.checks);
    const loaded = loadDocuments(tree, sources, origin.checks.documents);
    this.#origin = origin;
    this.#treeFindings = treeFindings;
    this.tree = tree;
    this.sources = sources;
    this.clusters = clusters;
    this.broken = files.broken;
    this.documents = loaded.documents;
    this.findings = [...treeFindings, ...files.findings, ...loaded.findings];
    this.milliseconds = performance.now() - started;
  }

  /** Reads the working folder, or a commit. Changes that a killed writer left in the folder are seen as made. */
  static async read(
    root: string,
    { env, cache: useCache = true, revision, judgedBy }: ReadOptions,
  ): Promise<Repository> {
    const started = performance.now();
    const { tree: found, findings } = revision === undefined ? await readTree(root) : await treeAt(root, revision);
    const pending = revision === undefined ? await pendingChanges(await workspaceOf(root, env)) : [];
    const cache = useCache ? new Cache(path.join(cacheFolder(env), "render"), cacheLimit(env)) : undefined;
    const excuses = judgedBy === undefined ? [] : excusesOf((await readTree(judgedBy)).tree, found);
    const seen = [...pending, ...excuses];
    const tree = seen.length === 0 ? found : found.with(seen);
    const sources = new Sources(tree, await readClean(cache));
    return new Repository({ root, env, cache, checks: await readChecks() }, tree, sources, findings, started);
  }

  /** As it would be with some changes. */
  with(changes: readonly Change[]): Repository {
    if (changes.length === 0) return this;
    const started = performance.now();
    const tree = this.tree.with(changes);
    return new Repository(this.#origin, tree, this.sources.of(tree), this.#treeFindings, started);
  }

  /** As it is in a commit. */
  async at(revision: string): Promise<Repository> {
    const started = performance.now();
    const { tree, findings } = await treeAt(this.root, revision);
    return new Repository(this.#origin, tree, this.sources.of(tree), findings, started);
  }

  get root(): string {
    return this.#origin.root;
  }

  get env(): Record<string, string | undefined> {
    return this.#origin.env;
  }

  get cache(): Cache | undefined {
    return this.#origin.cache;
  }

  /** Remembers which files are clean: the next run reads them faster. */
  async keep(): Promise<void> {
    await writeClean(this.cache, this.tree, this.sources);
    await this.cache?.keep();
  }
}
