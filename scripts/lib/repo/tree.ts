import type { Change } from "../core/change.ts";

/**
 * The files of the repository, by path from its root, in the order of their paths. Everything below io works on a
 * Tree, so a working folder, a commit and a test's inline files are all the same to it.
 */
export class Tree {
  readonly paths: readonly string[];
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #hashes: Map<string, string>;
  readonly #children = new Map<string, Set<string>>();

  constructor(files: Iterable<readonly [path: string, bytes: Uint8Array]>, hashes: Iterable<[string, string]> = []) {
    this.#files = new Map(files);
    this.#hashes = new Map(hashes);
    this.paths = [...this.#files.keys()].toSorted();
    for (const path of this.paths) {
      const parts = path.split("/");
      for (let depth = 0; depth < parts.length; depth++) {
        const folder = parts.slice(0, depth).join("/");
        const children = this.#children.get(folder);
        if (children === undefined) this.#children.set(folder, new Set([parts[depth]!]));
        else children.add(parts[depth]!);
      }
    }
  }

  /** The same tree with some files as they are to be. */
  with(changes: readonly Change[]): Tree {
    const files = new Map(this.#files);
    const hashes = new Map(this.#hashes);
    for (const { path, content } of changes) {
      hashes.delete(path);
      if (content === null) files.delete(path);
      else files.set(path, new TextEncoder().encode(content));
    }
    return new Tree(files, hashes);
  }

  /** The same tree with further files, whose bytes need not be text. */
  beside(files: Iterable<readonly [path: string, bytes: Uint8Array]>): Tree {
    return new Tree([...this.#files, ...files], this.#hashes);
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  bytes(path: string): Uint8Array {
    const bytes = this.#files.get(path);
    if (bytes === undefined) throw new Error(`not in the tree: ${path}`);
    return bytes;
  }

  /** A file's content as text. */
  text(path: string): string {
    return new TextDecoder().decode(this.bytes(path));
  }

  /** SHA-256 of a file's content, in hex. */
  hash(path: string): string {
    let hash = this.#hashes.get(path);
    if (hash === undefined) {
      hash = new Bun.CryptoHasher("sha256").update(this.bytes(path)).digest("hex");
      this.#hashes.set(path, hash);
    }
    return hash;
  }

  isFolder(path: string): boolean {
    return this.#children.has(path);
  }

  /** Names of the files and folders in a folder, sorted. */
  list(folder: string): string[] {
    return [...(this.#children.get(folder) ?? [])];
  }

  /** Paths of all files below a folder. */
  below(folder: string): string[] {
    return this.list(folder).flatMap((name) => {
      const path = folder === "" ? name : `${folder}/${name}`;
      return this.has(path) ? [path] : this.below(path);
    });
  }

  /** Folders that match a pattern whose segments are names or `*`. Hidden ones match nothing: Argo CD walks none. */
  folders(pattern: string): string[] {
    let found = [""];
    for (const segment of pattern.split("/")) {
      found = found.flatMap((folder) => {
        const names = segment === "*" ? this.list(folder) : [segment];
        return names
          .filter((name) => !name.startsWith("."))
          .map((name) => (folder === "" ? name : `${folder}/${name}`))
          .filter((path) => this.isFolder(path));
      });
    }
    return found;
  }
}
