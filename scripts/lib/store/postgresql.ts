import type { JsonObject } from "../core/json.ts";
import type { Account } from "./account.ts";
import { besideStores, kept, wave } from "./object.ts";

const apiVersion = "postgresql.cnpg.io/v1";
const cluster = { name: "postgresql" };

/**
 * Roles and databases as CloudNativePG makes them. pg_hba of the Cluster lets a role into the database that is called as
 * it, or as a role that it is a member of, and nowhere else; there it may read and write what its migration made.
 * Source: cloudnative-pg 1.30, api/v1 database_types.go and databaserole_types.go; PostgreSQL, predefined roles.
 */
export function postgresqlObjects(accounts: readonly Account[]): JsonObject[] {
  return accounts.flatMap((account) => [
    roleOf(account),
    ...(account.role === "migration" ? [] : [databaseOf(account, ownerOf(account, accounts))]),
  ]);
}

function roleOf({ role, name, user, data, copy }: Account): JsonObject {
  const inRoles = { migration: [data], owner: [], service: ["pg_read_all_data", "pg_write_all_data"] }[role];
  const spec = {
    cluster,
    name: user,
    login: true,
    passwordSecret: { name: copy },
    ...(inRoles.length === 0 ? {} : { inRoles }),
    databaseRoleReclaimPolicy: "retain",
  };
  return besideStores(apiVersion, "DatabaseRole", name, { spec }, { ...kept, ...wave(1) });
}

function databaseOf({ name, data }: Account, owner: string): JsonObject {
  const spec = { cluster, name: data, owner, databaseReclaimPolicy: "retain" };
  return besideStores(apiVersion, "Database", name, { spec }, { ...kept, ...wave(2) });
}

/** Who makes tables in an account's database: its migration, if it has one. */
export function ownerOf(account: Account, accounts: readonly Account[]): string {
  return accounts.find(({ role, data }) => role === "migration" && data === account.data)?.user ?? account.user;
}
