import { at, isObject, type Json, listAt, stringAt } from "../core/json.ts";
import type { Cluster } from "../model/generated.ts";
import type { Content } from "../repo/content.ts";
import { accountsOf } from "../store/account.ts";
import { minutesBetween, minutesOf } from "../store/schedule.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, renderedObjects } from "./objects.ts";

/** What of a store can be had back. Minutes and days; undefined where nothing is kept, or how much is not known. */
export interface Recovery {
  point: number | undefined;
  days: number | undefined;
  /** Where it is said: an object, or nothing where the facts do. */
  deployed?: DeployedObject;
}

/** Stores whose data is nowhere else. Of the queue Git holds the definitions, and of the cache nothing is worth keeping. */
const keptStores = ["elasticsearch", "mongodb", "postgresql"] as const;
export type KeptStore = (typeof keptStores)[number];

/** Those of them that somebody on a cluster reads. */
export function keptStoresOf(content: Content, cluster: string): KeptStore[] {
  const used = new Set((accountsOf(content, cluster) ?? []).map(({ store }) => store));
  return keptStores.filter((store) => used.has(store));
}

/** What of a cluster's store can be had back: what the provider keeps, or what rendered objects say. */
export function recoveryOf(fleet: Fleet, { metadata, spec }: Cluster, store: KeptStore): Recovery {
  const { stores } = spec;
  if (stores.mode === "managed") {
    const kept = stores.recovery?.[store];
    return { point: kept === undefined ? undefined : minutesOf(kept.point), days: kept?.days };
  }
  return rendered[store]((kind, group) =>
    renderedObjects(fleet, kind).filter(({ cluster, id }) => cluster === metadata.name && id.group === group),
  );
}

type Find = (kind: string, group: string) => readonly DeployedObject[];

const rendered: Record<KeptStore, (find: Find) => Recovery> = {
  /** A segment of the log is archived at the latest after archive_timeout, and is of use with a base backup alone. */
  postgresql(find) {
    const [server] = find("Cluster", "postgresql.cnpg.io");
    const [objectStore] = find("ObjectStore", "barmancloud.cnpg.io");
    const isArchived = listAt(server?.object, "spec", "plugins").some((plugin) => at(plugin, "isWALArchiver") === true);
    const isBased = find("ScheduledBackup", "postgresql.cnpg.io").length > 0;
    const timeout = stringAt(server?.object, "spec", "postgresql", "parameters", "archive_timeout") ?? "";
    return {
      point: isArchived && isBased ? minutesOf(timeout) : undefined,
      days: daysOf(minutesOf(stringAt(objectStore?.object, "spec", "retentionPolicy") ?? "")),
      ...(server === undefined ? {} : { deployed: server }),
    };
  },
  mongodb(find) {
    const [server] = find("PerconaServerMongoDB", "psmdb.percona.com");
    const backup = at(server?.object, "spec", "backup");
    const span = at(backup, "pitr", "oplogSpanMin");
    const tasks = listAt(backup, "tasks").filter((task) => at(task, "enabled") === true);
    const isOn = at(backup, "enabled") === true && at(backup, "pitr", "enabled") === true && tasks.length > 0;
    const days = tasks.map((task) => {
      const every = minutesBetween((stringAt(task, "schedule") ?? "").split(" "));
      const count = at(task, "retention", "count");
      return every === undefined || typeof count !== "number" ? 0 : (every * count) / (24 * 60);
    });
    return {
      point: isOn && typeof span === "number" ? span : undefined,
      days: isOn ? Math.floor(Math.max(...days)) : undefined,
      ...(server === undefined ? {} : { deployed: server }),
    };
  },
  /** Snapshots that the Job elasticsearch-settings asks for. */
  elasticsearch(find) {
    const settings = find("ConfigMap", "").find(({ id }) => id.name === "elasticsearch-settings");
    const policy = parsed(stringAt(settings?.object, "data", "snapshots.json"));
    // Seconds come first.
    const [, ...schedule] = (stringAt(policy, "schedule") ?? "").split(" ");
    const kept = stringAt(policy, "retention", "expire_after") ?? "";
    return {
      point: minutesBetween(schedule),
      days: daysOf(minutesOf(kept)),
      ...(settings === undefined ? {} : { deployed: settings }),
    };
  },
};

const daysOf = (minutes: number | undefined) => (minutes === undefined ? undefined : Math.floor(minutes / (24 * 60)));

function parsed(text: string | undefined): Json | undefined {
  try {
    const data = JSON.parse(text ?? "") as Json;
    return isObject(data) ? data : undefined;
  } catch {
    return undefined;
  }
}
