import { notComputed, unreadDocuments } from "../../repo/documents.ts";
import { codeownersFile } from "../../repo/layout.ts";
import { codeownersProblem, withTenants } from "../../tenant/codeowners.ts";
import type { Rule } from "../rule.ts";

export const codeowners: Rule = {
  id: "codeowners",
  severity: "error",
  absolute: true,
  holds: "CODEOWNERS gives each tenant's placements to its owners, and its facts to the platform.",
  because:
    "Who may merge a change of the facts or of another tenant's placement has what the rules keep from them (S-11).",
  cannotJudge: (fleet) => notComputed("rule codeowners", unreadDocuments(fleet, "Tenant")),
  *check(fleet) {
    const { documents, tree } = fleet;
    if (documents.tenants.size === 0 || unreadDocuments(fleet, "Tenant").length > 0) return;
    const at = { file: codeownersFile, line: 1 };
    const text = tree.has(codeownersFile) ? tree.text(codeownersFile) : "";
    const owners = new Map([...documents.tenants].map(([id, { document }]) => [id, document.spec.owners]));
    const wanted = withTenants(text, owners);
    if (wanted === undefined)
      yield { ...at, message: codeownersProblem(), fix: "add the line, then bun run validate --fix" };
    else if (wanted !== text) {
      const lines = text.split("\n");
      const line = wanted.split("\n").findIndex((expected, index) => lines[index] !== expected) + 1;
      const message = "is not what follows from the tenants' facts";
      yield { file: codeownersFile, line: Math.max(1, line), message, fix: "bun run validate --fix writes it" };
    }
  },
};
