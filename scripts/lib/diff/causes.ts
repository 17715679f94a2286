import { canonical, type Json } from "../core/json.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type Application, filesTouching } from "../render/application.ts";
import type { Difference, ObjectChange } from "./compare.ts";
import { type Fold, foldChanges, isSecret } from "./fold.ts";
import { compareInPlace, type Row } from "./structure.ts";
import { hunksOf } from "./texts.ts";

/** A value of our files that differs, or some lines of a template. */
export interface Source extends Row {
  file: string;
  line: number;
}

/** A source of changes, and what comes of it. */
export interface Cause extends Source {
  applications: string[];
  /** What is rendered otherwise by it than by the value itself. */
  effects: Fold[];
}

/** What made rendered objects differ. */
export interface Causes {
  causes: Cause[];
  /** Changes of which more than one source may be the cause, with the files that hold these. */
  rest: { fold: Fold; files: string[] }[];
  /** Values that differ, and change nothing in any Application that reads their file. */
  without: Source[];
}

/**
 * Folds changes by what caused them. A source is the cause of a row with the same values, or one that it is a part of, or
 * whose key a changed template writes; or where it is the only one that the Application reads.
 */
export function causesOf(old: Fleet, now: Fleet, difference: Difference): Causes {
  const sources = sourcesOf(old, now);
  const byFile = Map.groupBy(sources, ({ file }) => file);
  const readers = readersOf(old, now, new Set(byFile.keys()));
  const byApplication = Map.groupBy(difference.objects, ({ application }) => application);
  const found = new Map<Source, { applications: Set<string>; changes: ObjectChange[] }>();
  const rest = new Map<string, { files: string[]; changes: ObjectChange[] }>();
  for (const [application, own] of byApplication) {
    const read = readers.get(application) ?? new Set<string>();
    const matcher = matcherOf([...read].toSorted().flatMap((file) => byFile.get(file)!));
    for (const change of own) {
      // Secrets are told of apart, by their keys.
      if (change.kind !== "changed" || isSecret(change.id)) continue;
      const caused = Map.groupBy(change.rows, matcher);
      for (const [source, rows] of caused) {
        if (source === undefined) {
          const [named, others] = [[...read].toSorted(), { ...change, rows }];
          const entry = rest.get(named.join("\0")) ?? { files: named, changes: [] };
          entry.changes.push(others);
          rest.set(named.join("\0"), entry);
          continue;
        }
        const entry = found.get(source) ?? { applications: new Set<string>(), changes: [] };
        entry.applications.add(application);
        entry.changes.push({ ...change, rows: rows.filter((row) => !isSame(row, source)) });
        found.set(source, entry);
      }
    }
  }
  const causes = [...found].map(([source, entry]): Cause => ({
    ...source,
    applications: [...entry.applications].toSorted(),
    effects: foldChanges(entry.changes),
  }));
  return {
    causes: causes.toSorted(
      (a, b) => b.applications.length - a.applications.length || (nameOf(a) < nameOf(b) ? -1 : 1),
    ),
    rest: [...rest.values()].flatMap((entry) =>
      foldChanges(entry.changes).map((fold) => ({ fold, files: entry.files })),
    ),
    without: withoutEffect(sources, readers, touchedBy(difference)),
  };
}

const nameOf = ({ file, line, path }: Source) => `${file}:${String(line).padStart(6, "0")} ${path}`;

/** Values that differ in files that render, and hunks of those that are not YAML. Secrets are told of apart. */
function sourcesOf(old: Fleet, now: Fleet): Source[] {
  const paths = new Set([...old.tree.paths, ...now.tree.paths]);
  return [...paths].toSorted().flatMap((file): Source[] => {
    const [was, is] = [old.tree.has(file), now.tree.has(file)];
    if (was && is && old.tree.hash(file) === now.tree.hash(file)) return [];
    if (!/^(apps|clusters|environments|tenants)\//.test(file) || file.endsWith(".sops.yaml")) return [];
    const [before, after] = [was ? old.sources.data(file) : {}, is ? now.sources.data(file) : {}];
    if (file.endsWith(".yaml") && before !== undefined && after !== undefined) {
      return compareInPlace(before, after).map(({ keys, ...row }) => {
        const side = row.after === undefined ? old : now;
        return { ...row, file, line: side.tree.has(file) ? side.sources.locate(file, keys, "key").line : 1 };
      });
    }
    const [then, text] = [was ? old.tree.text(file) : "", is ? now.tree.text(file) : ""];
    const whole = { line: 1, before: then, after: text };
    return (hunksOf(then, text) ?? [whole]).map((hunk) => ({ ...hunk, file, path: "" }));
  });
}

/** Which of some files each Application reads, or reads no more. */
function readersOf(old: Fleet, now: Fleet, files: ReadonlySet<string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (id: string, application: Application) => {
    const own = found.get(id) ?? new Set<string>();
    for (const file of filesTouching(application, files)) own.add(file);
    found.set(id, own);
  };
  const then = new Map(old.applications.map((application) => [application.id, application]));
  const roots = new Map(now.applications.filter(({ name }) => name === "root").map((root) => [root.cluster, root]));
  for (const application of old.applications) add(application.id, application);
  for (const application of now.applications) {
    add(application.id, application);
    // What root puts into an Application, it renders otherwise.
    const root = roots.get(application.cluster);
    const was = then.get(application.id);
    if (root !== undefined && was !== undefined && canonical(was.manifest) !== canonical(application.manifest))
      add(application.id, root);
  }
  return found;
}

/** Finds the source of a row among those that its Application reads. */
function matcherOf(candidates: readonly Source[]): (row: Row) => Source | undefined {
  const exact = Map.groupBy(candidates, valuesOf);
  const parts = candidates.filter(({ path, before, after }) => path !== "" && [before, after].every(isPart));
  const templates = candidates.filter(({ path }) => path === "");
  return (row) => {
    const same = exact.get(valuesOf(row)) ?? [];
    const found =
      same.find(({ path }) => lastOf(path) === lastOf(row.path)) ?? (same.length === 1 ? same[0] : undefined);
    if (found !== undefined) return found;
    if (candidates.length === 1) return candidates[0];
    const key = lastOf(row.path).replace("[]", "");
    const near = [
      ...parts.filter(({ before, after }) => holds(row.before, before) && holds(row.after, after)),
      ...templates.filter(({ before, after }) => holds(before, key) || holds(after, key)),
    ];
    return near.length === 1 ? near[0] : undefined;
  };
}

const valuesOf = ({ before, after }: Row) => canonical([before ?? null, after ?? null]);
const lastOf = (path: string) => /[^.[\]]*(\[\])?$/.exec(path)![0];

/** Whether a row says no more than its source: the same values, or a text in which the one took the place of the other. */
function isSame(row: Row, { before, after }: Source): boolean {
  if (valuesOf(row) === valuesOf({ path: "", before, after })) return true;
  if (!isPart(before) || !isPart(after)) return false;
  const [old, now] = [before, after] as [string, string];
  // Of a list one row goes and another comes.
  if (row.before === undefined) return holds(row.after, now);
  if (row.after === undefined) return holds(row.before, old);
  return typeof row.before === "string" && row.before.replaceAll(old, now) === row.after;
}

/** What may be found again in a text: shorter ones may be there by chance. */
const isPart = (value: Json | undefined) => typeof value === "string" && value.length >= 3;
const holds = (text: Json | undefined, part: Json | undefined) =>
  (typeof text === "string" || typeof text === "number") && `${text}`.includes(part as string);

/** Applications that differ, or may: of what is not rendered nobody knows. */
const touchedBy = ({ added, changed, removed, notCompared }: Difference): Set<string> =>
  new Set([...added, ...changed, ...removed, ...notCompared.map(({ what }) => what)]);

function withoutEffect(
  sources: readonly Source[],
  readers: ReadonlyMap<string, ReadonlySet<string>>,
  changed: ReadonlySet<string>,
): Source[] {
  const read = new Set<string>();
  const effective = new Set<string>();
  for (const [application, files] of readers)
    for (const file of files) (changed.has(application) ? effective : read).add(file);
  return sources.filter(({ file }) => read.has(file) && !effective.has(file));
}
