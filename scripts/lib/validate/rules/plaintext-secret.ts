import { at, objectAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { isPublishedKeyFile } from "../../repo/layout.ts";
import { plaintextProblems, secretShape } from "../../secret/plaintext.ts";
import type { Rule } from "../rule.ts";

export const plaintextSecret: Rule = {
  id: "plaintext-secret",
  severity: "error",
  holds: "No file and no object holds a secret in the clear.",
  because: "What was committed once is in every clone for ever (D-29, D-30, FM-26).",
  *check(fleet) {
    const { tree } = fleet;
    for (const file of tree.paths) {
      // Whether one may be there is the question of published-key.
      if (isPublishedKeyFile(file)) continue;
      for (const problem of plaintextProblems(file, new TextDecoder().decode(tree.bytes(file))))
        yield { file, ...problem };
    }
    for (const { id, object, at: where } of renderedObjects(fleet)) {
      if (id.kind.toLowerCase() === "secret" && stringAt(object, "type") !== "kubernetes.io/service-account-token") {
        const keys = ["data", "stringData"].flatMap((field) => Object.keys(objectAt(object, field)));
        const held = keys.length === 0 ? "" : `, with ${keys.toSorted().join(", ")}`;
        yield {
          ...where,
          message: `is a Secret in the clear${held}`,
          fix: "encrypt it: a Secret reaches a cluster as a SopsSecret only",
        };
      } else if (at(object, "data") !== undefined || at(object, "spec") !== undefined) {
        const shape = secretShape(JSON.stringify(object));
        if (shape !== undefined) yield { ...where, message: `holds ${shape.what}`, fix: "take it from a Secret" };
      }
    }
  },
};
