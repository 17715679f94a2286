import type { JsonObject } from "../core/json.ts";
import { type Account, storesNamespace } from "./account.ts";
import { passwordVariable, postgresqlSql } from "./postgresql-sql.ts";

const name = "postgresql-accounts";

/** What the Job of apps/stores/postgresql/managed runs. */
export function sqlConfig(accounts: readonly Account[]): JsonObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      // Before the Job, in the same sync.
      metadata: { name, namespace: storesNamespace, annotations: { "argocd.argoproj.io/sync-wave": "-1" } },
      data: { "accounts.sql": postgresqlSql(accounts) },
    },
  ];
}

/** Where that Job finds the server, and the passwords. */
export function jobPatch(accounts: readonly Account[], host: string): JsonObject {
  const passwords = accounts.map((account) => ({
    name: passwordVariable(account),
    valueFrom: { secretKeyRef: { name: account.copy, key: "password" } },
  }));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: storesNamespace },
    spec: {
      template: { spec: { containers: [{ name: "psql", env: [{ name: "PGHOST", value: host }, ...passwords] }] } },
    },
  };
}
