import { placesIn } from "../../repo/address.ts";
import type { Content } from "../../repo/content.ts";
import { sopsConfigFile } from "../../repo/layout.ts";
import { secretProblems } from "../../secret/audit.ts";
import { secretFiles } from "../../secret/secrets.ts";
import { sopsConfig } from "../../secret/sops-config.ts";
import type { Rule } from "../rule.ts";

export const sopsFile: Rule = {
  id: "sops-file",
  severity: "error",
  absolute: true,
  holds:
    "An encrypted file lies where secrets are, is encrypted by the one rule to those the facts name and nobody else, and holds nothing secret in the clear; .sops.yaml says the same.",
  because:
    "A recipient too many reads everything, one too few locks the cluster out, a value in the clear is public for ever (FM-26 to FM-28, S-08).",
  *check(fleet) {
    const own: Content = fleet;
    for (const file of secretFiles(own)) {
      for (const { path, message, fix } of secretProblems(own, file))
        yield { file, ...fleet.sources.locate(file, path), message, ...(fix === undefined ? {} : { fix }) };
    }
    const text = fleet.tree.has(sopsConfigFile) ? fleet.tree.text(sopsConfigFile) : undefined;
    // A document with an error is in no list; what it would say there is not known.
    if (placesIn(fleet.tree, "cluster").some(({ cluster }) => !fleet.documents.clusters.has(cluster))) return;
    if (text === undefined || text === sopsConfig(fleet.tree, fleet.documents)) return;
    yield {
      file: sopsConfigFile,
      line: 1,
      message: "is not what follows from the facts",
      fix: "bun run validate --fix writes it",
    };
  },
};
