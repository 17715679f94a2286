import type { JsonObject } from "../core/json.ts";
import { emitYaml } from "../yaml/emit.ts";
import { type Account, storesNamespace } from "./account.ts";

const rolesSecret = "elasticsearch-roles";

/**
 * What users of Elasticsearch may: everything with indices that begin with their name. No secret, but the operator reads
 * roles out of a Secret only. Source: cloud-on-k8s 3.5, spec.auth; Elasticsearch, index privileges.
 */
export function elasticsearchObjects(accounts: readonly Account[]): JsonObject[] {
  const roles = accounts.map(({ user, data }) => [
    user,
    { cluster: ["monitor"], indices: [{ names: [`${data}*`], privileges: ["all"] }] },
  ]);
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: rolesSecret, namespace: storesNamespace },
      stringData: { "roles.yml": emitYaml(Object.fromEntries(roles)) },
    },
  ];
}

/** Whose credentials the operator takes: Secrets with username, password and roles. */
export function elasticsearchPatch(accounts: readonly Account[]): JsonObject {
  return {
    apiVersion: "elasticsearch.k8s.elastic.co/v1",
    kind: "Elasticsearch",
    metadata: { name: "elasticsearch", namespace: storesNamespace },
    spec: {
      auth: {
        fileRealm: accounts.map(({ copy }) => ({ secretName: copy })),
        roles: [{ secretName: rolesSecret }],
      },
    },
  };
}
