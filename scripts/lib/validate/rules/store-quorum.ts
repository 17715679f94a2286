import { at, type Json, type JsonPath, listAt } from "../../core/json.ts";
import { type DeployedObject, renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

/** How many members an object has that have to agree: by kind, and each place where a number of them stands. */
const members: Readonly<Record<string, (object: Json) => { path: JsonPath; what: string }[]>> = {
  "elasticsearch.k8s.elastic.co/Elasticsearch": (object) =>
    listAt(object, "spec", "nodeSets").map((_, index) => ({
      path: ["spec", "nodeSets", index, "count"],
      what: "nodes",
    })),
  "postgresql.cnpg.io/Cluster": () => [{ path: ["spec", "instances"], what: "instances" }],
  "psmdb.percona.com/PerconaServerMongoDB": (object) =>
    listAt(object, "spec", "replsets").map((_, index) => ({
      path: ["spec", "replsets", index, "size"],
      what: "members",
    })),
  "rabbitmq.com/RabbitmqCluster": () => [{ path: ["spec", "replicas"], what: "nodes" }],
  "redis.redis.opstreelabs.in/RedisSentinel": () => [{ path: ["spec", "clusterSize"], what: "Sentinels" }],
};

export const storeQuorum: Rule = {
  id: "store-quorum",
  severity: "error",
  holds:
    "A store has an odd number of members, three at least where its environment promises to have it back; Sentinels agree by more than half.",
  because: "Two members stop when either is lost, and one takes the store along (D-69).",
  *check(fleet) {
    for (const [key, placesIn] of Object.entries(members))
      for (const deployed of renderedObjects(fleet, key.split("/")[1]!).filter(
        ({ id }) => `${id.group}/${id.kind}` === key,
      )) {
        const environment = fleet.documents.clusters.get(deployed.cluster)?.document.spec.environment ?? "";
        const isPromised = fleet.documents.environments.get(environment)?.document.spec.recovery !== undefined;
        for (const { path, what } of placesIn(deployed.object)) {
          const count = at(deployed.object, ...path);
          if (typeof count !== "number" || (count % 2 === 1 && (count >= 3 || !isPromised))) continue;
          yield {
            ...deployed.at,
            message: `has ${count} ${what}${count % 2 === 0 ? ", of which no more than half can be sure" : `, and ${environment} promises to have it back`}`,
            fix: `write an odd number${isPromised ? ", three at least" : ""}`,
          };
        }
        yield* byMoreThanHalf(deployed);
      }
  },
};

function* byMoreThanHalf({ object, at: place }: DeployedObject) {
  const quorum = Number(at(object, "spec", "redisSentinelConfig", "quorum") ?? Number.NaN);
  const size = at(object, "spec", "clusterSize");
  if (Number.isNaN(quorum) || typeof size !== "number" || (quorum > size / 2 && quorum <= size)) return;
  yield {
    ...place,
    message: `${quorum} of ${size} Sentinels make another the master`,
    fix: `set quorum to ${Math.floor(size / 2) + 1}: fewer may be cut off from the rest`,
  };
}
