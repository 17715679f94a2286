import { modelineProblem } from "../../repo/modeline.ts";
import type { Rule } from "../rule.ts";

export const modeline: Rule = {
  id: "modeline",
  severity: "error",
  holds: "Every document, values file, kustomization and manifest starts with --- and names its schema for editors.",
  because: "Without it an editor shows no mistake before the pull request does.",
  *check({ tree }) {
    for (const file of tree.paths) {
      const problem = modelineProblem(file, tree);
      if (problem !== undefined)
        yield { file, line: problem.line, column: 1, message: problem.message, fix: problem.fix };
    }
  },
};
