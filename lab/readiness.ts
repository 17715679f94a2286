import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { formatResource, resourceId } from "../scripts/lib/model/resource.ts";
import type { Api } from "./api.ts";
import { subsetDifferences } from "./compare-sync.ts";
import { play, type Played } from "./played.ts";

type Status = (object: JsonObject) => JsonObject;

const conditions =
  (...entries: readonly { type: string; reason: string }[]): Status =>
  (object) => {
    const lastTransitionTime = stringAt(object, "metadata", "creationTimestamp") ?? "";
    return { conditions: entries.map((entry) => ({ ...entry, status: "True", lastTransitionTime })) };
  };

const issued = conditions({ type: "Ready", reason: "Ready" });
const created = conditions({ type: "Ready", reason: "SuccessfulCreateOrUpdate" });
const replicas = (where: readonly Json[]) =>
  where.reduce<number>((sum, entry) => sum + Number(objectAt(entry)["count"] ?? objectAt(entry)["size"] ?? 0), 0);

/** By GROUP/KIND what an operator says when all is well, as Argo CD's health checks of these kinds read it. */
const statuses = new Map<string, Status>([
  ["cert-manager.io/Certificate", issued],
  ["cert-manager.io/ClusterIssuer", issued],
  ["cert-manager.io/Issuer", issued],
  ["keda.sh/ScaledObject", conditions({ type: "Ready", reason: "ScaledObjectReady" })],
  ...["Binding", "Exchange", "Permission", "Policy", "Queue", "Shovel", "Vhost"].map((kind): [string, Status] => [
    `rabbitmq.com/${kind}`,
    created,
  ]),
  ["rabbitmq.com/User", (object) => ({ ...created(object), username: stringAt(object, "metadata", "name") ?? "" })],
  [
    "rabbitmq.com/RabbitmqCluster",
    conditions(
      ...["AllReplicasReady", "ClusterAvailable", "ReconcileSuccess"].map((type) => ({ type, reason: "Success" })),
    ),
  ],
  ["postgresql.cnpg.io/Cluster", () => ({ phase: "Cluster in healthy state", conditions: [] })],
  [
    "psmdb.percona.com/PerconaServerMongoDB",
    ({ spec }) => {
      const size = replicas(listAt(spec, "replsets"));
      return { state: "ready", ready: size, size };
    },
  ],
  [
    "elasticsearch.k8s.elastic.co/Elasticsearch",
    ({ spec }) => ({ phase: "Ready", health: "green", availableNodes: replicas(listAt(spec, "nodeSets")) }),
  ],
]);

/** The status with which an operator says that all is well; undefined of a kind that Argo CD waits for no word about. */
export function readyStatus(object: JsonObject): JsonObject | undefined {
  const { group, kind } = resourceId(object);
  return statuses.get(`${group}/${kind}`)?.(object);
}

/**
 * Plays operators that don't run: says of their objects that all is well, since later waves and hooks of a sync wait for
 * it. They make nothing. Ends when `stop` is called.
 */
export function startReadiness(api: Api, objects: readonly JsonObject[], say: (text: string) => void): Played {
  const kinds = new Map(
    objects
      .filter((object) => readyStatus(object) !== undefined)
      .map((object) => [stringAt(object, "apiVersion")!, stringAt(object, "kind")!] as const)
      .map(([apiVersion, kind]) => [`${apiVersion} ${kind}`, { apiVersion, kind }]),
  );
  const refused = new Set<string>();
  return play(async () => {
    for (const kind of kinds.values()) await answer(kind);
  }, 500);

  async function answer(kind: JsonObject): Promise<void> {
    const collection = await api.collectionOf(kind, "");
    if (collection === undefined) return;
    const { body } = await api.request("GET", collection);
    for (const item of listAt(body, "items").filter(isObject)) {
      const object = { ...item, ...kind };
      const status = readyStatus(object)!;
      if (subsetDifferences(status, item["status"], "").length === 0) continue;
      const target = `${(await api.pathOf(object))!}/status`;
      const said = await api.request("PATCH", target, { status }, "application/merge-patch+json");
      const name = formatResource(resourceId(object));
      // What went meanwhile, or changed, is seen as it is then by the next round.
      if (said.status < 400 || said.status === 404 || said.status === 409 || refused.has(name)) continue;
      refused.add(name);
      say(`the lab can't say that ${name} is well: ${stringAt(said.body, "message") ?? `answer ${said.status}`}`);
    }
  }
}
