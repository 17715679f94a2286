import type { JsonObject } from "../core/json.ts";
import type { Account } from "./account.ts";
import { besideStores, wave } from "./object.ts";

/**
 * What users of Elasticsearch may: everything with indices that begin with their name. The Job elasticsearch-settings makes a
 * role of each file. Source: Elasticsearch, index privileges; cloud-on-k8s 3.5, spec.auth.
 */
export function elasticsearchObjects(accounts: readonly Account[]): JsonObject[] {
  const roles = accounts.map(({ user, data }) => [
    `${user}.json`,
    `${JSON.stringify({ cluster: ["monitor"], indices: [{ names: [`${data}*`], privileges: ["all"] }] }, undefined, 2)}\n`,
  ]);
  const data = Object.fromEntries(roles) as JsonObject;
  return [besideStores("v1", "ConfigMap", "elasticsearch-roles", { data }, wave(-1))];
}

/** Whom Kibana takes all who come through the gateway for; its role is in apps/stores/elasticsearch/operator. */
const staff = "kibana-staff";

/** Whose credentials the operator takes: Secrets with username, password and roles. */
export function elasticsearchPatch(accounts: readonly Account[]): JsonObject {
  const fileRealm = [...accounts.map(({ copy }) => copy), staff].map((secretName) => ({ secretName }));
  const spec = { auth: { fileRealm } };
  return besideStores("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", "elasticsearch", { spec });
}
