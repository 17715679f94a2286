import { UsageError } from "../core/errors.ts";
import { at, isObject, type Json, type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { wrapLines } from "../core/wrap.ts";
import { nameProblem } from "../model/names.ts";
import type { Check } from "../model/schema.ts";
import { givenProblems, readGiven } from "../repo/given-file.ts";
import { ambiguity } from "../yaml/ambiguous.ts";
import type { Names } from "./names.ts";

/** What of the fleet stays. */
export interface Keep {
  clusters: "all" | readonly string[];
  tenants: "all" | readonly string[];
}

/** An answer file as it was read. */
export interface Answers {
  names: Names;
  /** Undefined where one small cluster stays, and nothing else. */
  keep: Keep | undefined;
  /** file:line of a field, or of what is below it. */
  placeOf: (...path: string[]) => string;
}

/** The schema of answers, and what it means for data. */
export interface AnswerSchema {
  schema: object;
  check: Check;
}

interface Field {
  name: string;
  about: string;
  example: string;
}

/** The fields of the schema, in its order. */
function fieldsOf({ schema }: AnswerSchema): Field[] {
  const properties = objectAt(schema, "properties", "spec", "properties");
  return Object.keys(properties).map((name) => ({
    name,
    about: stringAt(properties, name, "description") ?? "",
    example: stringAt(properties, name, "examples", 0) ?? "",
  }));
}

/**
 * Reads an answer file strictly, and says everything that is missing or wrong at once, each with its line.
 * @param empty one small cluster is to stay: what the file keeps does not count
 */
export function readAnswers(file: string, text: string, empty: boolean, known: AnswerSchema): Answers {
  const source = readGiven(file, text);
  const { data } = source;
  if (!isObject(data) || stringAt(data, "kind") !== "Adoption")
    throw new UsageError(
      `${file} holds no answers (kind: Adoption): bun run --silent adopt --init > ${file} begins one`,
    );
  const placeOf = (...path: string[]) => `${file}:${source.locate(["spec", ...path], "key").line}`;
  const { keep, ...names } = objectAt(data, "spec");
  const wanted = fieldsOf(known).flatMap(({ name: field, about }): [path: string[], about: string][] =>
    field !== "keep"
      ? [[[field], about]]
      : empty
        ? []
        : ["clusters", "tenants"].map((part) => [[field, part], `which ${part} stay: a list of names, or all`]),
  );
  const missing = wanted.filter(([path]) => isNothing(at(data, "spec", ...path)));
  const given = (own: JsonObject) => Object.fromEntries(Object.entries(own).filter(([, value]) => !isNothing(value)));
  const spec = { ...given(names), ...(empty ? {} : { keep: given(objectAt(data, "spec", "keep")) }) };
  // What is missing is said once, whether its line is there or not.
  const broken = known
    .check({ ...data, spec })
    .filter(({ path, message }) => !(path[0] === "spec" && message.includes(" lacks ")));
  const problems = [
    ...missing.map(([path, about]) => `${placeOf(...path)} ${path.join(".")} is missing: ${about}`),
    ...givenProblems(file, source, broken),
  ];
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return { names: names as unknown as Names, keep: empty ? undefined : (keep as unknown as Keep), placeOf };
}

const isNothing = (value: Json | undefined) => value === undefined || value === null || value === "";

/** Pairs of names that may not be the same text: nobody could tell them apart where they stand. */
const different: readonly [keyof Names, keyof Names][] = [
  ["displayName", "organisation"],
  ["displayName", "namespace"],
  ["organisation", "namespace"],
  ["registry", "domain"],
  ["registry", "labelPrefix"],
  ["apiGroup", "domain"],
  ["apiGroup", "registry"],
  ["apiGroup", "labelPrefix"],
];

/** What is wrong with names beyond their grammar: words of YAML, reserved ones, two that are the same. */
export function refuseNames({ names, placeOf }: Answers, before: Names): void {
  const problems: string[] = [];
  for (const [first, second] of different)
    if (names[first] === names[second])
      problems.push(
        `${placeOf(second)} ${second} is ${names[second]}, as ${first} is: choose another, or a later adoption can't tell them apart`,
      );
  const namespace = names.namespace === before.namespace ? undefined : nameProblem(names.namespace);
  if (namespace !== undefined) problems.push(`${placeOf("namespace")} namespace: ${namespace}`);
  for (const [field, name] of Object.entries(names))
    if (field !== "namespace" && ambiguity(name) !== undefined)
      problems.push(`${placeOf(field)} ${field} is ${name}, which is a word of YAML: choose another`);
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
}

/** An answer file with nothing in it, and what each answer is about. */
export function answersTemplate(
  known: AnswerSchema,
  fleet: { clusters: readonly string[]; tenants: readonly string[] },
): string {
  const comment = (text: string, indent: string) =>
    wrapLines(text, 110)
      .split("\n")
      .map((line) => `${indent}# ${line.trim()}\n`)
      .join("");
  const fields = fieldsOf(known).map(({ name, about, example }) => {
    if (name !== "keep") return `${comment(`${about} Like ${example}.`, "  ")}  ${name}:\n`;
    const parts = (["clusters", "tenants"] as const).map(
      (part) =>
        `${comment(`all, or a list of these: ${fleet[part].join(", ") || "there are none"}`, "    ")}    ${part}:\n`,
    );
    return `${comment(about, "  ")}  keep:\n${parts.join("")}`;
  });
  return `---\n# yaml-language-server: $schema=./schemas/adoption.json\n# Whose this repository is to be: docs/adopt.md.\nkind: Adoption\nspec:\n${fields.join("")}`;
}
