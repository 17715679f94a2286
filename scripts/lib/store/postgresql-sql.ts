import type { Account } from "./account.ts";
import { ownerOf } from "./postgresql.ts";

/** The variable that brings an account's password to psql; nothing else of it is in arguments or on a disk. */
export const passwordVariable = ({ user }: Pick<Account, "user">) => `PASSWORD_${user.toUpperCase()}`;

/**
 * Roles and databases of a managed PostgreSQL, for psql 15 or later, as often as you like: what is there stays. The admin
 * needs CREATEROLE and CREATEDB, and is no superuser. Each database lets in its own roles and nobody else. A server writes the
 * statement that failed into its log, so that whether a role may be changed is tried before its password is sent.
 */
export function postgresqlSql(accounts: readonly Account[]): string {
  const roles = accounts.map(
    (account) => `\\getenv given ${passwordVariable(account)}
SELECT 'CREATE ROLE ${account.user} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${account.user}') \\gexec
ALTER ROLE ${account.user} LOGIN;
SELECT format('ALTER ROLE ${account.user} PASSWORD %L', :'given') \\gexec
`,
  );
  const databases = accounts
    .filter(({ role }) => role !== "migration")
    .map((account) => databaseSql(account, ownerOf(account, accounts)));
  return [head, ...roles, ...databases].join("\n");
}

const head = `\\set ON_ERROR_STOP on
SET password_encryption = 'scram-sha-256';
`;

/** Owners are lent to the admin where it needs them: PostgreSQL lets nobody else act for them. */
function databaseSql({ user, data }: Account, owner: string): string {
  const grants =
    owner === user
      ? ""
      : `GRANT CONNECT ON DATABASE ${data} TO ${user};
\\connect ${data}
GRANT USAGE ON SCHEMA public TO ${user};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${user};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO ${user};
`;
  return `GRANT ${owner} TO CURRENT_USER;
SELECT 'CREATE DATABASE ${data} OWNER ${owner}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${data}') \\gexec
REVOKE ALL ON DATABASE ${data} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE ${data} TO ${owner};
${grants}\\connect postgres
REVOKE ${owner} FROM CURRENT_USER;
`;
}
