import type { Change } from "../core/change.ts";
import type { Finding } from "../core/finding.ts";
import { type JsonPath, listAt } from "../core/json.ts";
import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { documentFile } from "../repo/document-kinds.ts";
import { exceptionsFile, externalFile } from "../repo/layout.ts";
import { editYaml } from "../yaml/emit.ts";

/** Lists of which each entry is there because something of the fleet needs it: a list of entries, and lists within each. */
interface Excuses {
  file: string;
  list: JsonPath;
  within: readonly string[];
}

function excusesIn({ tree }: Content): Excuses[] {
  const addons = placesIn(tree, "addonDefinition").map(({ addon }) => documentFile("Addon", { addon }));
  return [
    { file: exceptionsFile, list: ["spec", "exceptions"], within: [] },
    { file: externalFile, list: ["spec", "cluster"], within: ["names"] },
    { file: externalFile, list: ["spec", "objects"], within: ["names"] },
    ...addons.map((file) => ({ file, list: ["spec", "allowances"], within: ["objects", "what"] })),
  ].filter(({ file }) => tree.has(file));
}

/** What rules say of what nothing needs. Each is about a line of a list above, or a whole file. */
const needless = new Map([
  ["exception", / excuses nothing$/],
  ["cluster-provides", /^every cluster that needs .* has it$/],
  ["dangling-reference", /^nothing refers to /],
  ["addon-allowance", /^allows .* (?:what it does not do|which nothing of it does)/],
]);
const orphan = "orphan-file";

/**
 * The changes that take out what a part of the fleet does not need and the whole does: files that nothing of it reads, and
 * excuses for what is elsewhere. Rules named each of them; everything else they found is left.
 */
export function unusedChanges(content: Content, findings: readonly Finding[]): Change[] {
  const orphans = findings.filter(({ rule, file }) => rule === orphan && file !== undefined);
  const edits = new Map<string, JsonPath[]>();
  for (const { file, list, within } of excusesIn(content)) {
    const lines = new Set(
      findings.flatMap((found) =>
        found.file === file && needless.get(found.rule)?.test(found.message) === true ? [found.line] : [],
      ),
    );
    if (lines.size === 0) continue;
    const isNamed = (path: JsonPath) => lines.has(content.sources.locate(file, path).line);
    const data = content.sources.data(file);
    const gone = listAt(data, ...list).flatMap((_entry, index): JsonPath[] => {
      const own = [...list, index];
      if (within.length === 0) return isNamed([...own, "rule"]) ? [own] : [];
      const lists = within.map((key) =>
        listAt(data, ...own, key).map((_item, position): JsonPath => [...own, key, position]),
      );
      const named = lists.map((items) => items.filter(isNamed));
      // An entry about nothing is none.
      const isEmpty = lists.some((items, position) => items.length > 0 && named[position]!.length === items.length);
      return isEmpty ? [own] : named.flat();
    });
    edits.set(file, [...(edits.get(file) ?? []), ...gone]);
  }
  return [
    ...orphans.map(({ file }): Change => ({ path: file!, content: null })),
    ...[...edits].map(([file, paths]): Change => ({ path: file, content: without(content, file, paths) })),
  ];
}

/** A file without some entries of its lists; null where none is left that says anything. */
function without({ tree, sources }: Content, file: string, paths: readonly JsonPath[]): string | null {
  const isWhole = file === exceptionsFile && paths.length === listAt(sources.data(file), "spec", "exceptions").length;
  if (isWhole) return null;
  // From the end: an index that is still to go stays what it is.
  const ordered = paths.toSorted((a, b) => -compare(a, b));
  return editYaml(
    tree.text(file),
    ordered.map((path) => ({ path, value: undefined })),
  );
}

/** The order in which entries stand: by the first key that differs, numbers as such. */
function compare(a: JsonPath, b: JsonPath): number {
  const index = a.findIndex((key, position) => key !== b[position]);
  const [left, right] = [a[index], b[index]];
  if (left === undefined || right === undefined) return a.length - b.length;
  return typeof left === "number" && typeof right === "number" ? left - right : String(left) < String(right) ? -1 : 1;
}
