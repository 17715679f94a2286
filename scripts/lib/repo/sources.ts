import type { Json, JsonPath } from "../core/json.ts";
import type { Problem } from "../yaml/bytes.ts";
import { parseYaml, type Source } from "../yaml/parse.ts";
import type { Tree } from "./tree.ts";

/** What was read of contents, by their hash: trees that share files share it. */
interface Readings {
  data: Map<string, Json>;
  parsed: Map<string, Source | Problem[]>;
}

/** Of all trees of a process: it reads the same repository again when it looks at what it wrote. */
const shared: Readings = { data: new Map(), parsed: new Map() };
const mostShared = 50_000;

function sharedReadings(): Readings {
  if (shared.data.size + shared.parsed.size > mostShared) {
    shared.data.clear();
    shared.parsed.clear();
  }
  return shared;
}

/**
 * The YAML files of a tree, each parsed once and only when asked for. A file whose content was found clean before is
 * read by the fast parser, which gives the same data; its positions are worked out only if a finding needs them. Data is
 * shared between files of one content: don't change it.
 */
export class Sources {
  readonly #tree: Tree;
  readonly #clean: ReadonlySet<string>;
  readonly #readings: Readings;

  constructor(tree: Tree, clean: ReadonlySet<string> = new Set(), readings: Readings = sharedReadings()) {
    this.#tree = tree;
    this.#clean = clean;
    this.#readings = readings;
  }

  /** The files of another tree. What has the same content is not read again. */
  of(tree: Tree): Sources {
    return new Sources(tree, this.#clean, this.#readings);
  }

  /** What is wrong with a file; empty if every reader reads it alike. */
  problems(path: string): Problem[] {
    if (this.#clean.has(this.#tree.hash(path))) return [];
    const parsed = this.#parse(path);
    return Array.isArray(parsed) ? parsed : [];
  }

  /** A file's data; undefined if the file is not clean. */
  data(path: string): Json | undefined {
    const { data } = this.#readings;
    const hash = this.#tree.hash(path);
    let found = data.get(hash);
    if (found !== undefined) return found;
    if (this.#clean.has(hash)) found = Bun.YAML.parse(this.#tree.text(path)) as Json;
    else {
      const parsed = this.#parse(path);
      if (Array.isArray(parsed)) return undefined;
      found = parsed.data;
    }
    data.set(hash, found);
    return found;
  }

  /** Whether anything was asked of a file. */
  wasRead(path: string): boolean {
    const hash = this.#tree.hash(path);
    return this.#readings.data.has(hash) || this.#readings.parsed.has(hash) || this.#clean.has(hash);
  }

  /** Line and column of the value at a path of a file's data; of its key, if that is asked for. */
  locate(path: string, at: JsonPath, what: "key" | "value" = "value"): { line: number; column: number } {
    const parsed = this.#parse(path);
    return Array.isArray(parsed) ? { line: 1, column: 1 } : parsed.locate(at, what);
  }

  #parse(path: string): Source | Problem[] {
    const hash = this.#tree.hash(path);
    let parsed = this.#readings.parsed.get(hash);
    if (parsed === undefined) {
      const result = parseYaml(this.#tree.bytes(path));
      parsed = "source" in result ? result.source : result.problems;
      this.#readings.parsed.set(hash, parsed);
    }
    return parsed;
  }
}
