import { UsageError } from "../core/errors.ts";
import { at, isObject, type JsonObject, type JsonPath, objectAt, stringAt } from "../core/json.ts";
import type { Check } from "../model/schema.ts";
import { givenProblems, readGiven } from "../repo/given-file.ts";

/** A part of the facts of a new cluster, out of a file. */
export interface Given {
  file: string;
  /** Whose facts they are; those of every new cluster if absent. */
  name: string | undefined;
  spec: JsonObject;
  /** The line of a fact, by its path in the spec; undefined where the file does not say it. */
  lineOf: (path: JsonPath) => number | undefined;
}

/**
 * Reads a part of a Cluster document, or what `terraform output -json cluster` prints: the same facts without anything
 * around them, held against their own schema.
 */
export function givenFrom(
  { file, text, name }: { file: string; text: string; name?: string | undefined },
  checkInfrastructure: Check,
): Given {
  const source = readGiven(file, text);
  const { data } = source;
  if (!isObject(data)) throw new UsageError(`${file} holds no facts: docs/models.md shows such a file`);
  const given = (spec: JsonObject, before: JsonPath, own: string | undefined): Given => ({
    file,
    name: own ?? name,
    spec,
    lineOf: (path) => (at(spec, ...path) === undefined ? undefined : source.locate([...before, ...path], "value").line),
  });
  if (stringAt(data, "kind") === "Cluster") {
    const own = stringAt(data, "metadata", "name");
    if (own !== undefined && name !== undefined && own !== name)
      throw new UsageError(`${file} describes ${own}, not ${name}`);
    return given(objectAt(data, "spec"), ["spec"], own);
  }
  if (Object.values(data).every((value) => isObject(value) && "sensitive" in value))
    throw new UsageError(
      `${file} holds all outputs, those that are secret too: delete it, and write it anew with terraform output -json cluster`,
    );
  const problems = givenProblems(file, source, checkInfrastructure(data));
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return given(data, [], undefined);
}

/**
 * What is wrong with the facts of a new cluster, as far as they are known: where a file says it, its line, and all facts that
 * nobody has given yet.
 */
export function refuseIncomplete(
  name: string,
  facts: JsonObject,
  given: readonly Given[],
  check: Check,
  schema: object,
): void {
  const wrong: string[] = [];
  const missing: string[] = [];
  for (const { path, message, fix } of check(facts)) {
    const about = aboutMissing(schema, path, fix);
    const line = about === undefined ? lineIn(given, path.slice(1)) : undefined;
    if (line === undefined) missing.push(`  ${message}: ${about ?? fix}`);
    else wrong.push(`${line} ${message}: ${fix}`);
  }
  if (missing.length > 0)
    wrong.push(
      `these facts of ${name} are not known, and follow from no other cluster:\n${missing.join("\n")}\ngive them in a file, with --from FILE: docs/models.md shows one of each model`,
    );
  if (wrong.length > 0) throw new UsageError(wrong.join("\n"));
}

/** FILE:LINE of a fact, where one of the files says it. */
function lineIn(given: readonly Given[], path: JsonPath): string | undefined {
  for (const one of given) {
    const line = one.lineOf(path);
    if (line !== undefined) return `${one.file}:${line}`;
  }
  return undefined;
}

/** What the schema says of a key that is missing; undefined for what is there and wrong. */
function aboutMissing(schema: object, path: JsonPath, fix: string): string | undefined {
  const key = /^add (\w+)$/.exec(fix)?.[1];
  if (key === undefined) return undefined;
  return stringAt(schema, ...[...path, key].flatMap((part) => ["properties", part]), "description") ?? fix;
}
