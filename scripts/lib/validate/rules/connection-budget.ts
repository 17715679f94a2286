import { at, type Json, type JsonPath, stringAt } from "../../core/json.ts";
import { environmentOf } from "../../fleet/environment.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { largestCounts } from "../../fleet/resource-requests.ts";
import { winner } from "../../repo/values.ts";
import { accountsOf } from "../../store/account.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** Pools of one size, all pods of one Application together. */
interface Use {
  application: string;
  pods: number;
  pool: number;
  /** What they connect to. */
  host: string;
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
    "The connections of all pools that services of a cluster may open (pool times pods at their most, workers, Jobs and tenants' own copies included) fit their store: spec.stores.maxConnections of a managed one; the poolers' max_client_conn of one that an operator runs, and what the poolers and migrations may open in turn its max_connections.",
  because:
    "A store that is full refuses whoever comes next, under load and in the middle of a rollout (D-67); nothing else adds the pools up.",
  *check(fleet) {
    const byCluster = usesOf(fleet);
    for (const [cluster, { file, document }] of fleet.documents.clusters) {
      const { stores } = document.spec;
      const uses = [cluster, ...(stores.shared?.with ?? [])].flatMap((name) => byCluster.get(name) ?? []);
      if (uses.length === 0 || !byCluster.has(cluster)) continue;
      if (stores.mode === "operator") {
        yield* ofOperator(fleet, cluster, uses);
        continue;
      }
      const place = (...path: JsonPath) => ({ file, ...fleet.sources.locate(file, ["spec", "stores", ...path]) });
      const budget = stores.maxConnections?.[store];
      if (budget === undefined) {
        const message = `does not say how many connections ${store} has, and services may open ${sum(uses)}`;
        yield { ...place(), message, fix: `add maxConnections.${store}: what the server gives to services` };
      } else if (sum(uses) > budget) yield { ...place("maxConnections", store), ...over(uses, budget) };
    }
  },
};

/** What PostgreSQL keeps for superusers, and the operator's own: monitoring, copies, its instance managers. */
const reserved = 20;

/** The poolers of a cluster hold what services open, and the server what those and migrations open. */
function* ofOperator(fleet: Fleet, cluster: string, uses: readonly Use[]): Iterable<RuleFinding> {
  const accounts = (accountsOf(fleet, cluster) ?? []).filter(
    (account) => account.store === store && account.role !== "migration",
  );
  for (const pooler of renderedObjects(fleet, "Pooler").filter((own) => own.cluster === cluster)) {
    const server = renderedObjects(fleet, "Cluster").find(
      (own) =>
        own.cluster === cluster &&
        own.id.group === pooler.id.group &&
        own.id.name === stringAt(pooler.object, "spec", "cluster", "name"),
    );
    if (server === undefined) continue;
    const instances = numberOf(pooler.object, "spec", "instances");
    const parameter = (name: string) => numberOf(pooler.object, "spec", "pgbouncer", "parameters", name);
    const through = uses.filter(({ host }) => host.split(".")[0] === pooler.id.name);
    const clients = instances * parameter("max_client_conn");
    if (sum(through) > clients) yield { ...pooler.at, ...over(through, clients) };
    const direct = uses.filter((use) => !through.includes(use));
    const opened = instances * parameter("default_pool_size") * accounts.length;
    const most = numberOf(server.object, "spec", "postgresql", "parameters", "max_connections");
    if (opened + sum(direct) + reserved <= most) continue;
    yield {
      ...server.at,
      message: `max_connections is ${most}, and the poolers may open ${opened} (${instances} with ${parameter("default_pool_size")} for each of ${accounts.length} accounts), migrations ${sum(direct)}, PostgreSQL and its operator keep ${reserved}`,
      fix: "raise max_connections, with the memory for it, or lower default_pool_size or instances of the Pooler",
    };
  }
}

const numberOf = (object: Json, ...path: string[]) => Number(at(object, ...path) ?? 0);

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
    const host = environmentOf(deployed).get("DB_HOST");
    if (values === undefined || host === undefined) continue;
    // The service's own pool wins over that of all.
    const path = poolPaths.find((own) => typeof at(values.merged, ...own) === "number");
    if (path === undefined) continue;
    const { name } = winner(values.layers, path);
    const uses = found.get(cluster) ?? new Map<string, Use>();
    const use = uses.get(`${application.id} ${host}`) ?? {
      application: application.id,
      host,
      pods: 0,
      pool: at(values.merged, ...path) as number,
      where: () => (fleet.tree.has(name) ? `${name}:${fleet.sources.locate(name, path).line}` : name),
    };
    use.pods += count;
    found.set(cluster, uses.set(`${application.id} ${host}`, use));
  }
  return new Map([...found].map(([cluster, uses]) => [cluster, [...uses.values()]]));
}
