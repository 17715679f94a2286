import { stampLayers } from "../../secret/stamps.ts";
import type { Rule } from "../rule.ts";

export const secretStamp: Rule = {
  id: "secret-stamp",
  severity: "error",
  holds:
    "secret-stamps.yaml of a cluster, and of a tenant with its own copies of services, is what follows from the encrypted files beside it.",
  because:
    "Pods read a Secret when they start: without a new stamp they keep the old value for as long as they run (F9).",
  *check({ tree, sources }) {
    for (const [file, wanted] of stampLayers({ tree, sources })) {
      const found = tree.has(file) ? tree.text(file) : null;
      if (wanted === undefined || wanted === found) continue;
      const at = found === null ? { file } : { file, line: differing(found, wanted ?? "") };
      const message =
        found === null
          ? "is not there, though the encrypted files beside it make Secrets that services read"
          : "is not what follows from the encrypted files";
      yield { ...at, message, fix: "bun run validate --fix writes it" };
    }
  },
};

/** The first line that is another. */
function differing(found: string, wanted: string): number {
  const [lines, others] = [found.split("\n"), wanted.split("\n")];
  const index = lines.findIndex((line, position) => line !== others[position]);
  return (index === -1 ? lines.length : index) + 1;
}
