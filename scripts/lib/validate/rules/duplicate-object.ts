import { type Subject, subjects } from "../../fleet/objects.ts";
import { identity } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";

export const duplicateObject: Rule = {
  id: "duplicate-object",
  severity: "error",
  holds: "An object of a cluster is rendered once, by one Application.",
  because:
    "Of two in one Application Argo CD keeps the last; two Applications overwrite each other for ever (FM-09, D-44).",
  *check(fleet) {
    const owners = new Map<string, Subject>();
    for (const subject of subjects(fleet)) {
      const key = `${subject.cluster}\0${identity(subject.id)}`;
      const first = owners.get(key);
      if (first === undefined) {
        owners.set(key, subject);
        continue;
      }
      const where = first.application === subject.application ? "the same Application" : first.application.id;
      const from = first.file === undefined ? "" : `, from ${first.file}`;
      const fix = "give it one owner: remove or rename one of them";
      yield { ...subject.at, message: `is rendered by ${where} as well${from}`, fix };
    }
  },
};
