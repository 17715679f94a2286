import type { JsonObject } from "../core/json.ts";
import type { Account } from "./account.ts";
import { besideStores, wave } from "./object.ts";
import { passwordVariable, postgresqlSql } from "./postgresql-sql.ts";

const name = "postgresql-accounts";

/** What the Job of apps/stores/postgresql/managed runs. */
export function sqlConfig(accounts: readonly Account[]): JsonObject[] {
  // Before the Job, in the same sync.
  return [besideStores("v1", "ConfigMap", name, { data: { "accounts.sql": postgresqlSql(accounts) } }, wave(-1))];
}

/** Where that Job finds the server, and the passwords. */
export function jobPatch(accounts: readonly Account[], host: string): JsonObject {
  const passwords = accounts.map((account) => ({
    name: passwordVariable(account),
    valueFrom: { secretKeyRef: { name: account.copy, key: "password" } },
  }));
  const containers = [{ name: "psql", env: [{ name: "PGHOST", value: host }, ...passwords] }];
  return besideStores("batch/v1", "Job", name, { spec: { template: { spec: { containers } } } });
}
