import type { NamesInFile, Verification } from "../secret/audit.ts";
import { splitName } from "../secret/target.ts";
import { findingsText } from "./validation.ts";

/** What an audit found: findings, and everything that is not wrong but has to be known. */
export interface Audit extends Verification {
  files: number;
  keys: number;
  /** Files that were not opened because of their findings. */
  flawed: number;
  notRendered: number;
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** An audit for people. */
export function auditText(found: Audit, maxAge: number, colour: boolean): string {
  const { findings, pending, empty, old, verified, unopened } = found;
  const values = (all: readonly NamesInFile[]) => all.reduce((sum, { names }) => sum + names.length, 0);
  const opened = [
    `opened, with every value and the MAC: ${verified}`,
    `not opened: ${unopened.length} (${found.keys === 0 ? "no key was given" : "no key for them"})`,
    ...(found.flawed > 0 ? [`not opened because of their findings: ${found.flawed}`] : []),
    ...(found.notRendered > 0 ? [`Applications not rendered: ${found.notRendered}`] : []),
  ];
  const counts = [
    count(found.files, "encrypted file"),
    count(findings.length, "finding"),
    `${count(values(pending), "value")} pending`,
    ...(empty.length > 0 ? [`${count(values(empty), "value")} empty`] : []),
    `${count(old.length, "file")} older than ${maxAge} days`,
  ];
  return [
    findingsText(findings, colour),
    grouped("pending", pending),
    grouped("empty", empty),
    ...old.map(({ file, since }) => `old      ${file}: not changed since ${since}\n`),
    `${counts.join(", ")}\n${opened.join("; ")}\n`,
  ].join("");
}

/** One entry a Secret with the same keys, and the files that it is in. */
function grouped(what: string, all: readonly NamesInFile[]): string {
  const files = new Map<string, string[]>();
  for (const { file, names } of all) {
    for (const [secret, own] of Map.groupBy(names, (name) => splitName(name)[0])) {
      const key = `${secret}: ${own.map((name) => splitName(name)[1]).join(", ")}`;
      files.set(key, [...(files.get(key) ?? []), file]);
    }
  }
  return [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) => `${what.padEnd(8)} ${key}\n${own.map((file) => `           ${file}\n`).join("")}`)
    .join("");
}
