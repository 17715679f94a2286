import { UsageError } from "../core/errors.ts";
import type { Violation } from "../model/violation.ts";
import { parseYaml, type Source } from "../yaml/parse.ts";

/** Reads YAML or JSON that a person gives a command, as strictly as files of the repository. */
export function readGiven(file: string, text: string): Source {
  const parsed = parseYaml(new TextEncoder().encode(text));
  if ("source" in parsed) return parsed.source;
  throw new UsageError(
    parsed.problems.map(({ message, line, fix }) => `${file}:${line ?? 1} ${message}: ${fix}`).join("\n"),
  );
}

/** What is wrong with such a file by its schema: a line each, with its place. */
export function givenProblems(file: string, source: Source, violations: readonly Violation[]): string[] {
  return violations.map(({ path, at, message, fix }) => `${file}:${source.locate(path, at).line} ${message}: ${fix}`);
}
