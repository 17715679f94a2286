import type { JsonObject } from "../core/json.ts";
import type { Account } from "./account.ts";
import { besideStores } from "./object.ts";

/**
 * Users of MongoDB, each with one database, for the one object in which the Percona operator has them.
 * Source: percona-server-mongodb-operator 1.23, spec.users.
 */
export function mongodbPatch(accounts: readonly Account[]): JsonObject {
  const users = accounts.map(({ user, data, copy, role }) => ({
    name: user,
    // Where it is kept; what it may is in roles.
    db: "admin",
    passwordSecretRef: { name: copy, key: "password" },
    roles: [{ name: role === "migration" ? "dbOwner" : "readWrite", db: data }],
  }));
  return besideStores("psmdb.percona.com/v1", "PerconaServerMongoDB", "mongodb", { spec: { users } });
}
