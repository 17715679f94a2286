import type { Json, JsonPath } from "../core/json.ts";
import type { Problem } from "../yaml/bytes.ts";
import { parseYaml, type Source } from "../yaml/parse.ts";
import type { Tree } from "./tree.ts";

/**
 * The YAML files of a tree, each parsed once and only when asked for. A file whose content was found clean before is
 * read by the fast parser, which gives the same data; its positions are worked out only if a finding needs them.
 */
export class Sources {
  readonly #tree: Tree;
  readonly #clean: ReadonlySet<string>;
  readonly #data = new Map<string, Json>();
  readonly #parsed = new Map<string, Source | Problem[]>();

  constructor(tree: Tree, clean: ReadonlySet<string> = new Set()) {
    this.#tree = tree;
    this.#clean = clean;
  }

  /** What is wrong with a file; empty if every reader reads it alike. */
  problems(path: string): Problem[] {
    if (this.#clean.has(this.#tree.hash(path))) return [];
    const parsed = this.#parse(path);
    return Array.isArray(parsed) ? parsed : [];
  }

  /** A file's data; undefined if the file is not clean. */
  data(path: string): Json | undefined {
    if (this.#data.has(path)) return this.#data.get(path);
    let data: Json | undefined;
    if (this.#clean.has(this.#tree.hash(path))) {
      data = Bun.YAML.parse(new TextDecoder().decode(this.#tree.bytes(path))) as Json;
    } else {
      const parsed = this.#parse(path);
      if (Array.isArray(parsed)) return undefined;
      data = parsed.data;
    }
    this.#data.set(path, data);
    return data;
  }

  /** Whether anything was asked of a file. */
  wasRead(path: string): boolean {
    return this.#data.has(path) || this.#parsed.has(path) || this.#clean.has(this.#tree.hash(path));
  }

  /** Line and column of the value at a path of a file's data; of its key, if that is asked for. */
  locate(path: string, at: JsonPath, what: "key" | "value" = "value"): { line: number; column: number } {
    const parsed = this.#parse(path);
    return Array.isArray(parsed) ? { line: 1, column: 1 } : parsed.locate(at, what);
  }

  #parse(path: string): Source | Problem[] {
    let parsed = this.#parsed.get(path);
    if (parsed === undefined) {
      const result = parseYaml(this.#tree.bytes(path));
      parsed = "source" in result ? result.source : result.problems;
      this.#parsed.set(path, parsed);
    }
    return parsed;
  }
}
