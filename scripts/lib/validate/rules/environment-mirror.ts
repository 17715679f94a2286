import { canonical, isObject, type Json, type JsonPath } from "../../core/json.ts";
import { environmentValues } from "../../repo/layout.ts";
import type { Rule } from "../rule.ts";

export const environmentMirror: Rule = {
  id: "environment-mirror",
  severity: "error",
  holds:
    "The values of an environment that mirrors another are the same as that one's, but for the paths its facts except; every exception is one.",
  because: "What was proven in staging would not hold in production.",
  *check({ documents, sources, tree }) {
    for (const [environment, { file: facts, document }] of documents.environments) {
      const { mirrors } = document.spec;
      if (mirrors === undefined) continue;
      const [own, other] = [environmentValues(environment), environmentValues(mirrors.environment)];
      if (!tree.has(own) || !tree.has(other)) continue; // Another rule says so.
      const used = new Set<number>();
      for (const path of differences(sources.data(own), sources.data(other))) {
        const name = path.join(".");
        const index = mirrors.except.findIndex((entry) => name === entry.path || name.startsWith(`${entry.path}.`));
        if (index >= 0) used.add(index);
        else
          yield {
            file: own,
            ...sources.locate(own, path),
            message: `${name} is not as in ${other}, which ${environment} mirrors`,
            fix: `write the same in both, or add ${name} to spec.mirrors.except in ${facts} with a reason`,
          };
      }
      for (const [index, entry] of mirrors.except.entries()) {
        if (used.has(index)) continue;
        const place = sources.locate(facts, ["spec", "mirrors", "except", index]);
        const message = `${entry.path} is excepted, but is the same in ${own} and ${other}`;
        yield { file: facts, ...place, message, fix: "remove the exception" };
      }
    }
  },
};

/** Paths at which two values differ, as deep as both are maps. */
function differences(a: Json | undefined, b: Json | undefined, path: JsonPath = []): JsonPath[] {
  if (!isObject(a) || !isObject(b)) return canonical(a) === canonical(b) ? [] : [path];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].toSorted().flatMap((key) => differences(a[key], b[key], [...path, key]));
}
