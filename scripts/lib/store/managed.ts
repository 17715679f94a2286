import type { JsonObject } from "../core/json.ts";
import type { Account } from "./account.ts";
import { besideStores } from "./object.ts";
import { accessOf } from "./redis.ts";

/**
 * What whoever runs a managed store has to give its readers, where no object of a cluster can: users of ElastiCache, Atlas
 * and of a managed Elasticsearch are made by their provider's API. The program that has the rights to (Terraform, say)
 * reads it out of Git, and takes passwords from the encrypted files of the readers.
 */
export function managedStatement(accounts: readonly Account[]): JsonObject[] {
  const store = accounts[0]?.store;
  if (store === undefined) return [];
  const users = accounts.map((account) => ({
    user: account.user,
    reader: `${account.secret.namespace}/${account.secret.name}`,
    ...grantOf(account),
  }));
  const data = { "accounts.json": `${JSON.stringify(users, undefined, 2)}\n` };
  return [besideStores("v1", "ConfigMap", `${store}-accounts`, { data })];
}

/** In the words of the provider: an access string, a role of a database, an index privilege. */
function grantOf(account: Account): JsonObject {
  if (account.store === "redis") return { accessString: `on ${accessOf(account)}` };
  if (account.store === "mongodb") return { database: account.data, role: "readWrite" };
  return { indices: `${account.data}*`, privileges: ["all"] };
}
