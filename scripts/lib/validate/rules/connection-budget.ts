import { at, type JsonPath, listAt, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { DeployedObject } from "../../fleet/objects.ts";
import { largestCounts } from "../../fleet/resource-requests.ts";
import { containers } from "../../model/pods.ts";
import { winner } from "../../repo/values.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** Pools of one size, all pods of one Application together. */
interface Use {
  application: string;
  pods: number;
  pool: number;
  /** Where the size of the pool is written. */
  where: () => string;
}

const store = "postgresql";
const poolPaths: readonly JsonPath[] = [
  ["config", "database", "poolMax"],
  ["database", "poolMax"],
];

export const connectionBudget: Rule = {
  id: "connection-budget",
  severity: "error",
  needs: "clusters",
  holds:
    "The connections of all pools that services of a cluster may open (pool times pods at their most, workers, Jobs and tenants' own copies included) fit spec.stores.maxConnections of its facts.",
  because:
    "A store that is full refuses whoever comes next, under load and in the middle of a rollout (D-67); nothing else adds the pools up.",
  *check(fleet) {
    const byCluster = usesOf(fleet);
    for (const [cluster, { file, document }] of fleet.documents.clusters) {
      const { stores } = document.spec;
      const uses = [cluster, ...(stores.shared?.with ?? [])].flatMap((name) => byCluster.get(name) ?? []);
      if (uses.length === 0 || !byCluster.has(cluster)) continue;
      const place = (...path: JsonPath) => ({ file, ...fleet.sources.locate(file, ["spec", "stores", ...path]) });
      const budget = stores.maxConnections?.[store];
      if (budget === undefined) {
        const message = `does not say how many connections ${store} has, and services may open ${sum(uses)}`;
        yield { ...place(), message, fix: `add maxConnections.${store}: what the server gives to services` };
      } else if (sum(uses) > budget) yield { ...place("maxConnections", store), ...over(uses, budget) };
    }
  },
};

function over(uses: readonly Use[], budget: number): Pick<RuleFinding, "message" | "fix"> {
  const largest = uses.toSorted((a, b) => b.pods * b.pool - a.pods * a.pool).slice(0, 5);
  const named = largest.map(({ application, pods, pool, where }) => `${application} ${pods} x ${pool} (${where()})`);
  const more = uses.length > largest.length ? `, and ${uses.length - largest.length} more` : "";
  return {
    message: `${store} has ${budget} connections for services, which may open ${sum(uses)}: ${named.join(", ")}${more}`,
    fix: "lower database.poolMax or autoscaling.maxReplicas, or give the store more and write it here",
  };
}

const sum = (uses: readonly Use[]) => uses.reduce((total, { pods, pool }) => total + pods * pool, 0);

function usesOf(fleet: Fleet): Map<string, Use[]> {
  const found = new Map<string, Map<string, Use>>();
  for (const { deployed, count } of largestCounts(fleet)) {
    const { application, cluster } = deployed;
    const values = fleet.values(application);
    if (values === undefined || !connects(deployed)) continue;
    // The service's own pool wins over that of all.
    const path = poolPaths.find((own) => typeof at(values.merged, ...own) === "number");
    if (path === undefined) continue;
    const { name } = winner(values.layers, path);
    const uses = found.get(cluster) ?? new Map<string, Use>();
    const use = uses.get(application.id) ?? {
      application: application.id,
      pods: 0,
      pool: at(values.merged, ...path) as number,
      where: () => (fleet.tree.has(name) ? `${name}:${fleet.sources.locate(name, path).line}` : name),
    };
    use.pods += count;
    found.set(cluster, uses.set(application.id, use));
  }
  return new Map([...found].map(([cluster, uses]) => [cluster, [...uses.values()]]));
}

/** Whether a pod has the store's address: in its own environment, or in a ConfigMap of its Application. */
function connects({ application, pods, id }: DeployedObject): boolean {
  const maps = new Map(
    application.objects
      .filter((other) => other.id.kind === "ConfigMap" && other.id.namespace === id.namespace)
      .map((other) => [other.id.name, other.object]),
  );
  return pods.some(({ spec }) =>
    containers(spec).some(
      (container) =>
        listAt(container, "env").some((variable) => stringAt(variable, "name") === "DB_HOST") ||
        listAt(container, "envFrom").some(
          (from) => at(maps.get(stringAt(from, "configMapRef", "name") ?? ""), "data", "DB_HOST") !== undefined,
        ),
    ),
  );
}
