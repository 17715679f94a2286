import type { JsonObject } from "../core/json.ts";
import { type Account, storesNamespace } from "./account.ts";
import { wave } from "./object.ts";

/**
 * What users of Elasticsearch may: everything with indices that begin with their name. The Job elasticsearch-settings makes a
 * role of each file. Source: Elasticsearch, index privileges; cloud-on-k8s 3.5, spec.auth.
 */
export function elasticsearchObjects(accounts: readonly Account[]): JsonObject[] {
  const roles = accounts.map(({ user, data }) => [
    `${user}.json`,
    `${JSON.stringify({ cluster: ["monitor"], indices: [{ names: [`${data}*`], privileges: ["all"] }] }, undefined, 2)}\n`,
  ]);
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "elasticsearch-roles", namespace: storesNamespace, annotations: wave(-1) },
      data: Object.fromEntries(roles) as JsonObject,
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
      },
    },
  };
}
