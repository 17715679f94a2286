import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

import { isObject, type JsonObject, stringAt } from "../core/json.ts";
import type { Tree } from "../repo/tree.ts";
import { type Cache, cacheFolder } from "./cache.ts";
import { readTree } from "./files.ts";

type Env = Record<string, string | undefined>;

/** Where CustomResourceDefinitions are: CRDS_DIR, or what `bun run lab crds` has collected. */
export function definitionFolder(env: Env): string {
  const named = env["CRDS_DIR"] ?? "";
  return named === "" ? path.join(cacheFolder(env), "lab", "crds") : path.resolve(named);
}

/** Every text below a folder that holds a CustomResourceDefinition. A file may hold several: each is one of its own. */
export function definitionTexts(tree: Tree): string[] {
  return tree.paths
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => tree.text(file).split(/^---[ \t]*$/m))
    .filter((text) => /^kind: CustomResourceDefinition$/m.test(text));
}

/** A definition, and what names it by its content. */
export interface NamedDefinition {
  name: string;
  definition: JsonObject;
}

/** Real definitions of custom kinds, found by group and kind; each is read when it is first asked for. */
export class DefinitionStore {
  readonly #tree: Tree | undefined;
  readonly #cache: Cache | undefined;
  /** Hash of the definition's JSON by GROUP/KIND. */
  readonly #index: ReadonlyMap<string, string>;
  readonly #read = new Map<string, JsonObject>();

  /** Those of the clusters' own addons, by GROUP/KIND: what a cluster runs is asked first. */
  readonly #own: ReadonlyMap<string, NamedDefinition>;

  private constructor(
    tree: Tree | undefined,
    cache: Cache | undefined,
    index: ReadonlyMap<string, string>,
    own: ReadonlyMap<string, NamedDefinition> = new Map(),
  ) {
    this.#own = own;
    this.#tree = tree;
    this.#cache = cache;
    this.#index = index;
  }

  /** Reads which definitions there are. What is in them is kept in the cache as JSON: YAML of megabytes takes its time. */
  static async read(env: Env, cache: Cache | undefined): Promise<DefinitionStore> {
    const folder = definitionFolder(env);
    if (!existsSync(folder)) return new DefinitionStore(undefined, cache, new Map());
    const tree = await treeOf(folder);
    const key = sha256(tree.paths.map((file) => `definitions\0${file}\0${tree.hash(file)}\0`).join(""));
    const known = await cache?.read(key);
    if (known !== undefined) return new DefinitionStore(tree, cache, new Map(JSON.parse(known) as [string, string][]));
    const store = new DefinitionStore(tree, cache, new Map());
    const index = await store.#parse();
    await cache?.write(key, JSON.stringify([...index]));
    const indexed = new DefinitionStore(tree, cache, index);
    for (const [hash, definition] of store.#read) indexed.#read.set(hash, definition);
    return indexed;
  }

  /** These, and in their place those of what a cluster runs. */
  with(own: ReadonlyMap<string, NamedDefinition>): DefinitionStore {
    if (own.size === 0) return this;
    const store = new DefinitionStore(this.#tree, this.#cache, this.#index, own);
    for (const [name, definition] of this.#read) store.#read.set(name, definition);
    for (const { name, definition } of own.values()) store.#read.set(name, definition);
    return store;
  }

  /** What names the definition of a kind, by its content; undefined where there is none. */
  nameOf(group: string, kind: string): string | undefined {
    const id = `${group}/${kind}`;
    return this.#own.get(id)?.name ?? this.#index.get(id);
  }

  /** The definitions of those of some kinds that there are, by name, sorted. */
  async of(kinds: readonly { group: string; kind: string }[]): Promise<Map<string, JsonObject>> {
    const names = new Set(kinds.flatMap(({ group, kind }) => this.nameOf(group, kind) ?? []));
    return new Map(
      await Promise.all([...names].toSorted().map(async (name) => [name, await this.#load(name)] as const)),
    );
  }

  async #load(name: string): Promise<JsonObject> {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const kept = await this.#cache?.read(name);
    if (kept === undefined) await this.#parse();
    else this.#read.set(name, JSON.parse(kept) as JsonObject);
    return this.#read.get(name)!;
  }

  async #parse(): Promise<Map<string, string>> {
    const index = new Map<string, string>();
    for (const text of definitionTexts(this.#tree!)) {
      const definition = Bun.YAML.parse(text);
      const [group, kind] = [stringAt(definition, "spec", "group"), stringAt(definition, "spec", "names", "kind")];
      if (!isObject(definition) || group === undefined || kind === undefined) continue;
      const json = JSON.stringify(definition);
      const name = sha256(json);
      index.set(`${group}/${kind}`, name);
      this.#read.set(name, definition);
      await this.#cache?.write(name, json);
    }
    return index;
  }
}

/** The folder that was read last, and what the system said of its files then. */
let last: { folder: string; state: string; tree: Tree } | undefined;

/** A folder of definitions. They are megabytes: a process that asks again reads them again only where a file is another. */
async function treeOf(folder: string): Promise<Tree> {
  const state = await stateOf(folder);
  if (last?.folder !== folder || last.state !== state) {
    const { tree } = await readTree(path.dirname(folder), [path.basename(folder)]);
    last = { folder, state, tree };
  }
  return last.tree;
}

/** What changes with every change of a file below a folder, in whatever order the system lists them. */
async function stateOf(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).toSorted();
  const states = await Promise.all(
    names.map(async (name) => {
      const { ino, size, mtimeNs, ctimeNs } = await stat(path.join(folder, name), { bigint: true });
      return `${name}\0${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    }),
  );
  return states.join("\n");
}

function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
