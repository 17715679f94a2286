import { environmentOf } from "../../fleet/environment.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import { type Account, accountsOf, type StoreName } from "../../store/account.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** What a reader is told: by which variables, and which of them has to be what the store knows. */
const variables: Record<StoreName, { user: string; data: string }> = {
  elasticsearch: { user: "ELASTICSEARCH_USER", data: "ELASTICSEARCH_INDEX_PREFIX" },
  mongodb: { user: "MONGODB_USER", data: "MONGODB_NAME" },
  postgresql: { user: "DB_USER", data: "DB_NAME" },
  rabbitmq: { user: "RABBITMQ_USER", data: "RABBITMQ_QUEUE_PREFIX" },
  redis: { user: "REDIS_USER", data: "REDIS_KEY_PREFIX" },
};

/** What a store takes as the name of a user or a database. Sources: PostgreSQL, NAMEDATALEN; MongoDB, limits. */
const longest: Partial<Record<StoreName, number>> = { mongodb: 63, postgresql: 63 };

export const storeAccount: Rule = {
  id: "store-account",
  severity: "error",
  needs: "clusters",
  holds:
    "Each reader of a store is told the user and the place for its data that the store has for it; no two readers share either, and no name is longer than the store takes.",
  because:
    "Readers that share a user lock each other out, and those that share a place take each other's data and messages (F1).",
  *check(fleet) {
    const told = toldTo(fleet);
    for (const cluster of new Set(fleet.applications.map((application) => application.cluster))) {
      const accounts = accountsOf(fleet, cluster) ?? [];
      yield* shared(accounts);
      for (const account of accounts) {
        yield* tooLong(account);
        const { service, tenant, store, role, user, data } = account;
        if (service === undefined) continue;
        const names = variables[store];
        const own = told.get([cluster, tenant ?? "", service, store, role].join(" ")) ?? [];
        for (const { at, environment } of own)
          for (const [name, wanted] of [
            [names.user, user],
            [names.data, data],
          ] as const)
            if (environment.get(name) !== wanted)
              yield {
                ...at,
                message: `is told ${name}=${environment.get(name) ?? ""}, and ${store} has ${wanted} for it`,
                fix: "the chart (templates/_account.tpl) and scripts/lib/store/account.ts have to say the same",
              };
      }
    }
  },
};

interface Told {
  at: Omit<RuleFinding, "message" | "fix">;
  environment: ReadonlyMap<string, string>;
}

/** The variables of every pod of a service that has a store's user, by reader and store. */
function toldTo(fleet: Fleet): Map<string, Told[]> {
  const found = new Map<string, Told[]>();
  for (const kind of ["Deployment", "CronJob", "Job"])
    for (const deployed of renderedObjects(fleet, kind)) {
      const { request } = deployed.application;
      if (request?.tool !== "helm" || request.chart !== pathOf("chart", { chart: "service" })) continue;
      const environment = environmentOf(deployed);
      const role = deployed.id.name === `${request.releaseName}-migration` ? "migration" : "service";
      const tenant = environment.get("TENANT_ID") ?? "";
      for (const [store, { user }] of Object.entries(variables)) {
        if (!environment.has(user)) continue;
        const key = [deployed.cluster, tenant, request.releaseName, store, role].join(" ");
        found.set(key, [...(found.get(key) ?? []), { at: deployed.at, environment }]);
      }
    }
  return found;
}

function* shared(accounts: readonly Account[]): Iterable<RuleFinding> {
  const users = new Map<string, Account>();
  const places = new Map<string, Account>();
  for (const account of accounts) {
    const { cluster, store, tenant, user, data, role } = account;
    const place = store === "rabbitmq" ? `${tenant ?? ""} ${data}` : data;
    for (const [what, of, key] of [
      ["the user", users, `${store} ${user}`],
      ...(role === "migration" ? [] : [["the place", places, `${store} ${place}`] as const]),
    ] as const) {
      const other = of.get(key);
      of.set(key, account);
      if (other === undefined) continue;
      yield {
        file: pathOf("store", { cluster, store }, "accounts.yaml"),
        message: `${account.name} and ${other.name} have ${what} ${what === "the user" ? user : data} in common`,
        fix: "give the service, or the tenant, another name",
      };
    }
  }
}

function* tooLong({ cluster, store, name, user, data }: Account): Iterable<RuleFinding> {
  const most = longest[store];
  if (most === undefined || Math.max(user.length, data.length) <= most) return;
  yield {
    file: pathOf("store", { cluster, store }, "accounts.yaml"),
    message: `${name} would be ${user}, and ${store} takes ${most} characters`,
    fix: "a tenant with own copies of services needs a shorter id",
  };
}
