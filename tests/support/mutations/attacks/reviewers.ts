import { tombstone } from "../tenants.ts";
import { type Attack } from "./attack.ts";

/** S-11: who reviews. */
export const reviewers: Attack[] = [
  {
    name: "S-11 the facts are the tenant's",
    rule: "codeowners",
    attack: (fleet) =>
      fleet.edit(
        ".github/CODEOWNERS",
        "/tenants/*/facts/ @murima2025/platform\n",
        "/tenants/*/facts/ @murima2025/wonka\n",
      ),
  },
  {
    name: "S-11 a line after the last",
    rule: "codeowners",
    attack: async (fleet) =>
      fleet.write(".github/CODEOWNERS", `${await fleet.read(".github/CODEOWNERS")}/clusters/ @murima2025/wonka\n`),
  },
  { name: "S-11 no file at all", rule: "codeowners", attack: (fleet) => fleet.remove(".github/CODEOWNERS") },
  {
    name: "S-11 a folder that differs in case",
    rule: "tenant-id",
    attack: (fleet) => fleet.write("tenants/Wonka/tombstone.yaml", tombstone("wonka")),
  },
];
