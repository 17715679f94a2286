/**
 * What CloudNativePG 1.30 sends for rendered DatabaseRoles and Databases.
 * Sources, cloudnative-pg v1.30.0: internal/management/controller/roles/postgres.go (Create, appendRoleOptions,
 * appendInRoleOptions, appendPasswordOption), internal/management/controller/database_controller_sql.go (createDatabase).
 */
import { at, objectAt, stringAt, stringsAt } from "../../../scripts/lib/core/json.ts";

/** Roles of a DatabaseRole; a password that the role's Secret holds. Names are quoted as pgx.Identifier does. */
export function roleSql(role: unknown, password: string): string {
  const spec = objectAt(role, "spec");
  const flags = [
    ["bypassrls", "BYPASSRLS"],
    ["createdb", "CREATEDB"],
    ["createrole", "CREATEROLE"],
    ["inherit", "INHERIT"],
    ["login", "LOGIN"],
    ["replication", "REPLICATION"],
    ["superuser", "SUPERUSER"],
  ] as const;
  // What is not said is off, but that a role has what its groups have: the default of inherit in the CRD is true.
  const options = flags.map(([field, option]) => `${(at(spec, field) ?? field === "inherit") ? "" : "NO"}${option}`);
  const groups = stringsAt(spec, "inRoles").map(name);
  const inRoles = groups.length === 0 ? "" : ` IN ROLE ${groups.join(", ")}`;
  return `CREATE ROLE ${name(stringAt(spec, "name")!)} ${options.join(" ")}${inRoles} PASSWORD ${literal(password)}`;
}

/** createDatabase: where a Database states no template, PostgreSQL's own, template1. */
export function databaseSql(database: unknown): string {
  const spec = objectAt(database, "spec");
  return `CREATE DATABASE ${name(stringAt(spec, "name")!)} OWNER ${name(stringAt(spec, "owner")!)}`;
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const name = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`;

/** Roles in an order in which those that others are in come first; the operator tries again until they are there. */
export function inOrder(roles: readonly unknown[]): unknown[] {
  const nameOf = (role: unknown) => stringAt(role, "spec", "name")!;
  const all = new Set(roles.map(nameOf));
  const done = new Set<string>();
  const ordered: unknown[] = [];
  while (ordered.length < roles.length) {
    const next = roles.filter(
      (role) =>
        !done.has(nameOf(role)) &&
        stringsAt(role, "spec", "inRoles").every((group) => !all.has(group) || done.has(group)),
    );
    if (next.length === 0) throw new Error(`roles are in each other: ${roles.map(nameOf).join(", ")}`);
    for (const role of next) done.add(nameOf(role));
    ordered.push(...next);
  }
  return ordered;
}
