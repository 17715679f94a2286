import type { Content } from "../../repo/content.ts";
import { notComputed, unreadDocuments } from "../../repo/documents.ts";
import { sopsConfigFile } from "../../repo/layout.ts";
import { secretFiles } from "../../secret/secrets.ts";
import { sopsConfig, sopsConfigDocuments } from "../../secret/sops-config.ts";
import { secretProblems } from "../../secret/visible.ts";
import type { Rule } from "../rule.ts";

export const sopsFile: Rule = {
  id: "sops-file",
  severity: "error",
  absolute: true,
  holds:
    "An encrypted file lies where secrets are, is encrypted by the one rule, and has a wrapped key for each recipient of the facts and nobody else, of the form age writes; every value is text, encrypted in the form SOPS writes, or empty; .sops.yaml says the same. Without a private key nothing more can be seen: ciphertexts that were swapped or moved, a value that was removed, a MAC that does not fit, or a key that was wrapped for somebody else than its label says. Only bun run secrets audit with a key tells those.",
  because:
    "A recipient too many reads everything, one too few locks the cluster out, a value in the clear is public for ever (FM-26 to FM-28, S-08).",
  cannotJudge: (fleet) => notComputed("rule sops-file, .sops.yaml", unreadDocuments(fleet, ...sopsConfigDocuments)),
  *check(fleet) {
    const own: Content = fleet;
    for (const file of secretFiles(own)) {
      for (const { path, message, fix } of secretProblems(own, file))
        yield { file, ...fleet.sources.locate(file, path), message, ...(fix === undefined ? {} : { fix }) };
    }
    const text = fleet.tree.has(sopsConfigFile) ? fleet.tree.text(sopsConfigFile) : undefined;
    if (unreadDocuments(fleet, ...sopsConfigDocuments).length > 0) return;
    if (text === undefined || text === sopsConfig(fleet.tree, fleet.documents)) return;
    yield {
      file: sopsConfigFile,
      line: 1,
      message: "is not what follows from the facts",
      fix: "bun run validate --fix writes it",
    };
  },
};
