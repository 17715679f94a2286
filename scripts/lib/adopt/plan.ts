import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { companyFile, isSecretFile } from "../repo/layout.ts";
import { editYaml } from "../yaml/emit.ts";
import type { Answers } from "./answers.ts";
import { linesWith, type Names, ownNames, renamer } from "./names.ts";

/** Files of a checkout by path: whatever git tracks. */
export type Files = ReadonlyMap<string, Uint8Array>;

/**
 * Every file as it is once another company has it: some changes to the fleet, then every name, in paths as well.
 * @param stand what CI asks of a cluster that goes, by its name, is asked of which that stays
 */
export function adopted(
  files: Files,
  { changes, stand }: { changes: readonly Change[]; stand: ReadonlyMap<string, string> },
  from: Names,
  to: Names,
): Map<string, Uint8Array> {
  const rename = renamer(from, to);
  const encode = (text: string) => new TextEncoder().encode(text);
  const changed = new Map(files);
  for (const { path, content } of changes) {
    if (content === null) changed.delete(path);
    else changed.set(path, encode(content));
  }
  const result = new Map<string, Uint8Array>();
  for (const [path, bytes] of changed) {
    const text = textOf(bytes);
    result.set(rename(path), text === undefined ? bytes : encode(renamed(path, standing(path, text, stand), rename)));
  }
  const company = result.get(companyFile);
  if (company !== undefined) {
    // Of a name alone, nothing around it tells what it is for.
    const edits = Object.entries(to).map(([field, value]) => ({ path: ["spec", field], value }));
    result.set(companyFile, encode(editYaml(textOf(company)!, edits)));
  }
  return result;
}

/** What CI does, for a cluster that is there: a list of them becomes shorter. */
function standing(path: string, text: string, stand: ReadonlyMap<string, string>): string {
  if (!/^\.(?:ci|github)\//.test(path) || stand.size === 0) return text;
  const word = new RegExp(`(?<![a-z0-9-])(?:${[...stand.keys()].join("|")})(?![a-z0-9-])`, "g");
  const seen = new Set<string>();
  const lines = text.split("\n").flatMap((line) => {
    const own = line.replaceAll(word, (name) => stand.get(name)!);
    const isEntry = /^\s*- [a-z0-9-]+$/.test(own);
    if (!isEntry) seen.clear();
    if (isEntry && seen.has(own)) return [];
    if (isEntry) seen.add(own);
    return [own];
  });
  return lines.join("\n");
}

/** What is encrypted stays as it is: what is above it, and in the clear, no MAC is about. */
function renamed(path: string, text: string, rename: (text: string) => string): string {
  if (!isSecretFile(path)) return rename(text);
  return text
    .split("\n")
    .reduce<{ lines: string[]; isBelow: boolean }>(
      ({ lines, isBelow }, line) => {
        const below = isBelow || line.startsWith("sops:");
        lines.push(below || line.includes("ENC[") ? line : rename(line));
        return { lines, isBelow: below };
      },
      { lines: [], isBelow: false },
    )
    .lines.join("\n");
}

/** The text of a file; undefined where it is none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return bytes.includes(0) ? undefined : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Places in a message at most. */
const shown = 3;

/**
 * Refuses names that the repository has already for something else: nobody could tell these from those any more, this
 * command least of all.
 */
export function refuseTaken(files: Files, { names, placeOf }: Answers, before: Names): void {
  const changed = ownNames.filter((field) => names[field] !== before[field]);
  const found = new Map<string, string[]>();
  // A name that is there as a part of the old ones goes with them.
  const forget = renamer(before, blank);
  for (const [path, bytes] of files) {
    const text = textOf(bytes);
    if (text === undefined) continue;
    const own = changed.map((field) => names[field]);
    if (linesWith(text, own).length === 0 && linesWith(path, own).length === 0) continue;
    for (const { line, name } of [...linesWith(path, own), ...linesWith(forget(text), own)])
      found.set(name, [...(found.get(name) ?? []), `${path}:${line}`]);
  }
  const problems = changed.flatMap((field) => {
    const places = found.get(names[field]);
    if (places === undefined) return [];
    const more = places.length > shown ? ` and ${places.length - shown} more` : "";
    return [
      `${placeOf(field)} ${field} is ${names[field]}, which ${places.slice(0, shown).join(", ")}${more} ${places.length === 1 ? "has" : "have"} for something else: choose another`,
    ];
  });
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
}

const blank = Object.fromEntries(
  [
    "displayName",
    "organisation",
    "repository",
    "domain",
    "mail",
    "registry",
    "apiGroup",
    "labelPrefix",
    "namespace",
  ].map((field) => [field, "-"]),
) as unknown as Names;
