import { isObject, type Json, type JsonObject, type JsonPath } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";
import type { Tree } from "../repo/tree.ts";

/** What a chart reads of its values, as far as its files say so. */
export interface ChartReads {
  /** Its own values, those of charts in it below their names. */
  defaults: JsonObject;
  /** Fields that its templates ask for, and keys in comments of its values: settings without a default stand there alone. */
  words: ReadonlySet<string>;
  /** Fields that its templates copy as a whole: whatever is in them is read. */
  wholes: ReadonlySet<string>;
}

const known = new Map<string, ChartReads>();

/** Reads a chart of an archive, once a process: the digest is in the name of its folder. */
export function readsOfChart(tree: Tree, chart: string): ChartReads {
  let reads = known.get(chart);
  if (reads === undefined) {
    const [words, wholes] = [new Set<string>(), new Set<string>()];
    for (const file of tree.below(chart)) {
      if (/(^|\/)values\.yaml$/.test(file))
        for (const [, key] of tree.text(file).matchAll(/^\s*#\s*([A-Za-z_][\w-]*):/gm)) words.add(key!);
      else if (/(^|\/)templates\//.test(file))
        for (const [action] of tree.text(file).matchAll(/\{\{[^]*?\}\}/g)) {
          for (const [, field] of action.matchAll(/[."]([A-Za-z_][\w-]*)/g)) words.add(field!);
          if (/\b(range|toJson|toYaml|tpl|with)\b/.test(action))
            for (const [, field] of action.matchAll(/\.([A-Za-z_]\w*)(?![\w.])/g)) wholes.add(field!);
        }
    }
    known.set(chart, (reads = { defaults: valuesOf(tree, chart), words, wholes }));
  }
  return reads;
}

function valuesOf(tree: Tree, chart: string): JsonObject {
  const file = `${chart}/values.yaml`;
  const data: unknown = tree.has(file) ? Bun.YAML.parse(tree.text(file)) : {};
  const values: JsonObject = isObject(data) ? { ...data } : {};
  values["global"] ??= {};
  for (const name of tree.list(`${chart}/charts`)) {
    // A chart that is packed within another is not looked into: whatever is set of it is taken.
    const packed = /^(.+)-v?\d+\.\d+\.\d+.*\.tgz$/.exec(name)?.[1];
    if (packed !== undefined) values[packed] = {};
    else if (tree.isFolder(`${chart}/charts/${name}`)) {
      const below = valuesOf(tree, `${chart}/charts/${name}`);
      const own = values[name];
      values[name] = isObject(own) ? { ...below, ...own, enabled: true } : { ...below, enabled: true };
    }
  }
  return values;
}

/** A value that nothing in a chart reads, and what was probably meant. */
export interface UnreadValue {
  path: JsonPath;
  meant: string | undefined;
}

/**
 * Values that a chart knows neither by a default nor by any word of its templates. Below what has no default but an empty
 * one anything goes: it is copied as it is.
 */
export function unreadValues(values: JsonObject, { defaults, words, wholes }: ChartReads): UnreadValue[] {
  return walk(values, defaults, []);

  function walk(own: JsonObject, known: JsonObject, path: JsonPath): UnreadValue[] {
    return Object.entries(own).flatMap(([key, value]): UnreadValue[] => {
      const here = [...path, key];
      if (!Object.hasOwn(known, key))
        return words.has(key) || wholes.has(String(path.at(-1)))
          ? []
          : [{ path: here, meant: suggest(key, Object.keys(known)) }];
      const below: Json = known[key]!;
      if (!isObject(value) || !isObject(below) || Object.keys(below).length === 0) return [];
      return walk(value, below, here);
    });
  }
}
