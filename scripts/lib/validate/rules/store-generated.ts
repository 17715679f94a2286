import { storeChanges } from "../../store/generated.ts";
import type { Rule } from "../rule.ts";

export const storeGenerated: Rule = {
  id: "store-generated",
  severity: "error",
  absolute: true,
  holds:
    "Each store of a cluster knows exactly its readers: the services that say so, tenants' own copies of them, and tenants with a database of their own.",
  because: "A service whose account is nowhere can't log in, and an account that nobody has is a way in.",
  *check(fleet) {
    for (const { path: file, content } of storeChanges(fleet)) {
      const message =
        content === null
          ? "is there, though nobody reads this store"
          : fleet.tree.has(file)
            ? "is not what follows from who reads the store"
            : "is not there, though somebody reads the store";
      yield { file, message, fix: "bun run validate --fix writes it" };
    }
  },
};
