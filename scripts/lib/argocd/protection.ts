import { type JsonObject, stringAt } from "../core/json.ts";
import { kindName, type ResourceId } from "../model/resource.ts";

const confirm = ["Prune=confirm", "Delete=confirm"];
/** What nobody takes away by a commit. */
export const never = ["Prune=false", "Delete=false"];

/** What its end takes with it, and so what has to stand before it. */
const protections: Record<string, readonly string[]> = {
  Namespace: confirm,
  PersistentVolumeClaim: confirm,
  "addons.projectcapsule.dev/SopsProvider": confirm,
  "elasticsearch.k8s.elastic.co/Elasticsearch": confirm,
  "postgresql.cnpg.io/Cluster": confirm,
  "psmdb.percona.com/PerconaServerMongoDB": confirm,
  "rabbitmq.com/RabbitmqCluster": confirm,
  "redis.redis.opstreelabs.in/RedisReplication": confirm,
  "apiextensions.k8s.io/CustomResourceDefinition": never,
  "argoproj.io/ApplicationSet": never,
};

/** Sync options that an object of a kind needs, so that it does not go by itself; undefined where it may. */
export function protectionOf(id: ResourceId): readonly string[] | undefined {
  return protections[kindName(id)];
}

/** Whether data goes with an object of a kind. */
export const holdsData = (id: ResourceId): boolean => protectionOf(id) === confirm;

/** What Argo CD is told of an object by its annotation. */
export function syncOptions(object: JsonObject): string[] {
  const said = stringAt(object, "metadata", "annotations", "argocd.argoproj.io/sync-options") ?? "";
  return said.split(",").map((option) => option.trim());
}

/** Whether Argo CD deletes an object to change it. */
export const isReplaced = (object: JsonObject): boolean =>
  syncOptions(object).some((option) => option === "Replace=true" || option === "Force=true");
