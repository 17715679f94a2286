import { at, objectAt, stringAt } from "../../core/json.ts";
import type { Rule } from "../rule.ts";
import { subjects } from "../subjects.ts";

const shapes: [RegExp, string][] = [
  [/AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]{20,}/, "a private key of age"],
  [/-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/, "a private key"],
  [/-----BEGIN PGP PRIVATE KEY BLOCK-----/, "a private key of PGP"],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b/, "a token of GitHub"],
  [/\bAKIA[0-9A-Z]{16}\b/, "an access key of AWS"],
];

export const plaintextSecret: Rule = {
  id: "plaintext-secret",
  severity: "error",
  holds: "No file and no object holds a secret in the clear.",
  because: "What was committed once is in every clone for ever (D-29, D-30, FM-26).",
  *check(fleet) {
    const { tree } = fleet;
    for (const file of tree.paths) {
      const text = new TextDecoder().decode(tree.bytes(file));
      for (const [shape, what] of shapes) {
        const match = shape.exec(text);
        if (match === null) continue;
        const line = text.slice(0, match.index).split("\n").length;
        yield { file, line, message: `holds ${what}`, fix: "remove it, and replace the key: it is no secret any more" };
      }
    }
    for (const { id, object, at: where } of subjects(fleet)) {
      if (id.kind.toLowerCase() === "secret" && stringAt(object, "type") !== "kubernetes.io/service-account-token") {
        const keys = ["data", "stringData"].flatMap((field) => Object.keys(objectAt(object, field)));
        const held = keys.length === 0 ? "" : `, with ${keys.toSorted().join(", ")}`;
        yield {
          ...where,
          message: `is a Secret in the clear${held}`,
          fix: "encrypt it: a Secret reaches a cluster as a SopsSecret only",
        };
      } else if (at(object, "data") !== undefined || at(object, "spec") !== undefined) {
        const text = JSON.stringify(object);
        for (const [shape, what] of shapes) {
          if (shape.test(text)) yield { ...where, message: `holds ${what}`, fix: "take it from a Secret" };
        }
      }
    }
  },
};
