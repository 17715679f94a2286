import path from "node:path";

import { apiVersion } from "../../core/company.ts";
import { stringAt } from "../../core/json.ts";
import { addressOf, isSingle, pathOf, placesIn } from "../../repo/address.ts";
import { documentEntries, documentKindAt } from "../../repo/document-kinds.ts";
import { isTemplate } from "../../repo/layout.ts";
import type { Rule } from "../rule.ts";

/** Kinds of documents that are about one of many. */
const factKinds = new Set<string>(documentEntries.flatMap(([kind, { place }]) => (isSingle(place) ? [] : [kind])));

export const factsFolder: Rule = {
  id: "facts-folder",
  severity: "error",
  holds:
    "A folder of facts holds one document, which Kustomize reads and leaves out, and its kustomization; facts lie nowhere else.",
  because: "Whatever else lay there would be deployed by every overlay that only wanted the facts.",
  *check({ tree, sources }) {
    for (const [, { place, file: own }] of documentEntries) {
      if (!own.startsWith("facts/")) continue;
      for (const parts of placesIn(tree, place)) {
        const folder = pathOf(place, parts as never, "facts");
        const expected = path.posix.basename(own);
        for (const file of tree.below(folder)) {
          if (file === `${folder}/kustomization.yaml`) continue;
          const data = sources.data(file);
          const isLocal = stringAt(data, "metadata", "annotations", "config.kubernetes.io/local-config") === "true";
          if (isLocal && file === `${folder}/${expected}`) continue;
          yield {
            file,
            message: `does not belong here: ${folder} holds only ${expected}`,
            fix: "move it out of the folder",
          };
        }
      }
    }
    for (const file of tree.paths) {
      if (!file.endsWith(".yaml") || isTemplate(file) || file.endsWith(".sops.yaml")) continue;
      if (documentKindAt(file) !== undefined || addressOf(file)?.file.startsWith("facts/") === true) continue;
      const data = sources.data(file);
      const isFact = stringAt(data, "apiVersion") === apiVersion && factKinds.has(stringAt(data, "kind") ?? "");
      if (isFact)
        yield {
          file,
          line: 1,
          message: "is a fact outside the folders of facts",
          fix: "remove it: what reads it would believe it",
        };
    }
  },
};
