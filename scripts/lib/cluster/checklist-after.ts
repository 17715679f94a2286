import { type JsonObject, objectAt, stringAt, stringsAt } from "../core/json.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { listenersOfRoutes } from "../fleet/listeners.ts";
import { standingObjects } from "../fleet/objects.ts";
import { keptStoresOf } from "../fleet/recovery.ts";
import type { Answer } from "../io/probe.ts";
import type { Cluster } from "../model/generated.ts";
import type { Application } from "../render/application.ts";
import { addressOf, type PlaceKind, placesIn } from "../repo/address.ts";
import { awaitedApplications } from "./awaited.ts";
import type { Item } from "./checklist-before.ts";

/** What was seen of a cluster that runs. */
export interface Seen {
  /** Applications of its Argo CD. */
  live: readonly JsonObject[];
  /** ObjectStores of Barman, which say when the last backup of PostgreSQL was. */
  objectStores: readonly JsonObject[];
  /** Backups of MongoDB. */
  mongodbBackups: readonly JsonObject[];
  orphans: readonly string[];
  answers: readonly Answer[];
}

/** A certificate is renewed a month before it ends: with less than this, that has failed. */
const leastDays = 14;

/** Hosts that clients reach from outside by TLS, sorted. */
export function publicHosts(fleet: Fleet, cluster: string): string[] {
  const listenersOf = listenersOfRoutes(fleet);
  const routes = standingObjects(fleet, "HTTPRoute").filter((route) => route.cluster === cluster);
  const hosts = routes
    .filter((route) => listenersOf(route).some(({ secrets, isInside }) => secrets !== undefined && !isInside))
    .flatMap(({ object }) => stringsAt(object, "spec", "hostnames"));
  return [...new Set(hosts.filter((host) => !host.startsWith("*.")))].toSorted();
}

/** What is to be seen to once a cluster is installed, or a release is there. */
export function boxesAfter(
  fleet: Fleet,
  { metadata, spec }: Cluster,
  applications: readonly Application[],
  seen: Seen,
): Item[] {
  const { name } = metadata;
  const of = (what: string, says: string, own: (kind: PlaceKind | undefined) => boolean): Item => {
    const expected = applications.filter((one) => own(kindOf(one))).map((one) => one.name);
    const late = awaitedApplications(seen.live, expected);
    return late.length === 0
      ? { what, state: "done", says: [`${expected.length} Applications are Synced and Healthy: ${says}`] }
      : { what, state: "open", says: late.map((one) => `${one.name} is ${one.sync}, ${one.health}: ${one.why}`) };
  };
  const isService = (kind: PlaceKind | undefined) => kind === "clusterService" || kind === "tenantService";
  const isStore = (kind: PlaceKind | undefined) => kind === "store";
  const tenants = placesIn(fleet.tree, "grant", { cluster: name }).map(({ tenant }) => tenant);
  return [
    of("services", "their pods are ready, and a pod is ready once it reaches its stores", isService),
    of("stores", "what operators made of them is healthy", isStore),
    of("platform", "gateway, addons, grants and the rest", (kind) => !isService(kind) && !isStore(kind)),
    seen.orphans.length === 0
      ? { what: "leftovers", state: "done", says: ["it runs nothing that Git does not name"] }
      : {
          what: "leftovers",
          state: "open",
          says: seen.orphans.map((orphan) => `${orphan}: bun run reap --cluster ${name}`),
        },
    certificates(seen.answers),
    endpoints(seen.answers),
    {
      what: "sign-on",
      state: "look",
      says: [
        "a user of a customer signs in, and stays signed in for an hour",
        `staff sign in at the consoles, by ${spec.staff.signOn.issuer}`,
      ],
    },
    ...backups(fleet, { metadata, spec } as Cluster, seen),
    {
      what: "alerts",
      state: "look",
      says: [
        spec.alerts === undefined
          ? "nobody is told of alerts there"
          : `an alert that is made on purpose reaches ${spec.alerts.oncall}; the watchdog at ${spec.alerts.watchdog.url} hears from it`,
      ],
    },
    tenants.length === 0
      ? { what: "first customer", state: "open", says: [`none is placed: bun run new-tenant --cluster ${name}`] }
      : { what: "first customer", state: "done", says: [tenants.join(", ")] },
    { what: "load", state: "look", says: ["a load test at twice the expected peak, with its record"] },
  ];
}

/** What an Application deploys, by its folder: a tenant's own copy is called after the tenant. */
const kindOf = ({ folder }: Application) => (folder === undefined ? undefined : addressOf(`${folder}/`)?.kind);

function certificates(answers: readonly Answer[]): Item {
  const bad = answers.filter(({ days }) => days === undefined || days < leastDays);
  if (bad.length > 0)
    return {
      what: "certificates",
      state: "open",
      says: bad.map(({ host, days, error }) =>
        days === undefined ? `${host}: ${error ?? "no answer"}` : `${host}: its certificate ends in ${days} days`,
      ),
    };
  const least = Math.min(...answers.map(({ days }) => days!));
  const says = answers.length === 0 ? "no host is public" : `${answers.length} hosts, the first ends in ${least} days`;
  return { what: "certificates", state: "done", says: [says] };
}

/** A gateway that has nobody behind it says 5xx; what a service says without a session is its own. */
function endpoints(answers: readonly Answer[]): Item {
  const bad = answers.filter(({ status }) => status === undefined || status >= 500);
  return bad.length > 0
    ? {
        what: "endpoints",
        state: "open",
        says: bad.map(
          ({ host, status, error }) => `${host}: ${status === undefined ? (error ?? "no answer") : `status ${status}`}`,
        ),
      }
    : { what: "endpoints", state: "done", says: [answers.map(({ host, status }) => `${host} ${status}`).join(", ")] };
}

function backups(fleet: Fleet, { metadata, spec }: Cluster, seen: Seen): Item[] {
  const kept = keptStoresOf(fleet, metadata.name);
  if (kept.length === 0 || spec.stores.noBackup !== undefined) return [];
  if (spec.stores.mode === "managed")
    return [
      {
        what: "backups",
        state: "look",
        says: kept.map(
          (store) =>
            `${store}: the provider shows one (${spec.stores.recovery?.[store]?.by ?? "nothing is said of it"})`,
        ),
      },
    ];
  const last: Readonly<Record<string, string | undefined>> = {
    postgresql: newest(
      seen.objectStores.flatMap((store) =>
        Object.values(objectAt(store, "status", "serverRecoveryWindow")).map((window) =>
          stringAt(window, "lastSuccessfulBackupTime"),
        ),
      ),
    ),
    mongodb: newest(
      seen.mongodbBackups
        .filter((backup) => stringAt(backup, "status", "state") === "ready")
        .map((backup) => stringAt(backup, "status", "completed")),
    ),
  };
  const seeable = kept.filter((store) => store in last);
  const missing = seeable.filter((store) => last[store] === undefined);
  const others = kept.filter((store) => !(store in last));
  return [
    missing.length > 0
      ? { what: "backups", state: "open", says: missing.map((store) => `${store}: none has succeeded yet`) }
      : { what: "backups", state: "done", says: seeable.map((store) => `${store}: ${last[store]}`) },
    ...(others.length === 0
      ? []
      : [
          {
            what: "snapshots",
            state: "look" as const,
            says: others.map((store) => `${store}: docs/runbooks/backup.md says where`),
          },
        ]),
  ];
}

const newest = (times: readonly (string | undefined)[]) =>
  times
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1);
