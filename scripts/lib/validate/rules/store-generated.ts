import { storeChanges } from "../../store/generated.ts";
import { notAsGenerated } from "../generated.ts";
import type { Rule } from "../rule.ts";

export const storeGenerated: Rule = {
  id: "store-generated",
  severity: "error",
  absolute: true,
  holds:
    "Each store of a cluster knows exactly its readers: the services that say so, tenants' own copies of them, and tenants with a database of their own.",
  because: "A service whose account is nowhere can't log in, and an account that nobody has is a way in.",
  check: (fleet) =>
    notAsGenerated(fleet, storeChanges(fleet), {
      tooMuch: "is there, though nobody reads this store",
      differs: "is not what follows from who reads the store",
      missing: "is not there, though somebody reads the store",
    }),
};
