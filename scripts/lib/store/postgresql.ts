import type { JsonObject } from "../core/json.ts";
import { type Account, storesNamespace } from "./account.ts";
import { kept, wave } from "./object.ts";

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
  return {
    apiVersion,
    kind: "DatabaseRole",
    metadata: { name, namespace: storesNamespace, annotations: { ...kept, ...wave(1) } },
    spec: {
      cluster,
      name: user,
      login: true,
      passwordSecret: { name: copy },
      ...(inRoles.length === 0 ? {} : { inRoles }),
      databaseRoleReclaimPolicy: "retain",
    },
  };
}

function databaseOf({ name, data }: Account, owner: string): JsonObject {
  return {
    apiVersion,
    kind: "Database",
    metadata: { name, namespace: storesNamespace, annotations: { ...kept, ...wave(2) } },
    spec: { cluster, name: data, owner, databaseReclaimPolicy: "retain" },
  };
}

/** Who makes tables in an account's database: its migration, if it has one. */
export function ownerOf(account: Account, accounts: readonly Account[]): string {
  return accounts.find(({ role, data }) => role === "migration" && data === account.data)?.user ?? account.user;
}
