import path from "node:path";

import type { Change } from "../core/change.ts";
import { canonical, isObject, type Json, type JsonObject, listAt, stringAt, stringsAt } from "../core/json.ts";
import type { Cluster } from "../model/generated.ts";
import { pathOf, within } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { besideLast, kustomizationChange } from "../repo/kustomization.ts";
import { serviceChart } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { realChanges } from "../repo/real-changes.ts";
import { type Edit, editYaml, emitYaml } from "../yaml/emit.ts";
import { parseYaml } from "../yaml/parse.ts";
import { type Account, accountsOf, type StoreName, storeNames } from "./account.ts";
import { elasticsearchObjects, elasticsearchPatch } from "./elasticsearch.ts";
import { managedStatement } from "./managed.ts";
import { mongodbPatch } from "./mongodb.ts";
import { jobPatch, sqlConfig } from "./postgresql-job.ts";
import { postgresqlObjects } from "./postgresql.ts";
import { linkObjects } from "./rabbitmq-link.ts";
import { type Broker, rabbitmqObjects } from "./rabbitmq.ts";
import { redisPatch } from "./redis.ts";

/** The store's side of its accounts: objects of their own, and what they change in the store's own object. */
interface StoreSide {
  objects: readonly JsonObject[];
  patch?: JsonObject;
}

const accountsFile = "accounts.yaml";
const patchFile = "accounts.patch.yaml";

/** Whether a file is written by what follows: it is held to the facts whole. */
export const isStoreGenerated = (file: string) =>
  within("store", file) !== undefined && [accountsFile, patchFile].includes(path.posix.basename(file));

/**
 * What follows from who reads a store, where it is otherwise than it should be. Adding clusters/CLUSTER/services/SERVICE
 * gives the service its accounts: no list is kept by hand.
 */
export function storeChanges(content: Content): Change[] {
  const changes = [...content.documents.clusters].flatMap(([cluster, { document }]) => {
    const accounts = accountsOf(content, cluster);
    // What is not known to be gone is left alone.
    if (accounts === undefined) return [];
    return storeNames.flatMap((store) => [...ofStore(content, document, store, accounts)]);
  });
  return realChanges(content.tree, changes);
}

function* ofStore(content: Content, cluster: Cluster, store: StoreName, all: readonly Account[]): Iterable<Change> {
  const accounts = all.filter((account) => account.store === store);
  const file = (name: string) => pathOf("store", { cluster: cluster.metadata.name, store }, name);
  // Nobody reads it, and nobody runs it.
  if (accounts.length === 0 && !content.tree.has(file("kustomization.yaml"))) return;
  const side = accounts.length === 0 ? { objects: [] } : sideOf(content, cluster, store, accounts);
  yield generated(file(accountsFile), side.objects);
  yield generated(file(patchFile), side.patch === undefined ? [] : [side.patch]);
  yield* listing(content, cluster, store, side);
}

function sideOf(content: Content, cluster: Cluster, store: StoreName, accounts: readonly Account[]): StoreSide {
  const { spec } = cluster;
  if (spec.stores.mode === "operator") {
    switch (store) {
      case "elasticsearch":
        return { objects: elasticsearchObjects(accounts), patch: elasticsearchPatch(accounts) };
      case "mongodb":
        return { objects: [], patch: mongodbPatch(accounts) };
      case "postgresql":
        return { objects: postgresqlObjects(accounts) };
      case "rabbitmq":
        return { objects: ofBroker(content, cluster, accounts, { name: "rabbitmq" }) };
      case "redis":
        return { objects: [], patch: redisPatch(accounts) };
    }
  }
  switch (store) {
    case "postgresql": {
      const host = spec.stores.hosts?.postgresql ?? `postgresql.${spec.stores.domain!}`;
      return { objects: sqlConfig(accounts), patch: jobPatch(accounts, host) };
    }
    case "rabbitmq":
      return { objects: ofBroker(content, cluster, accounts, { connectionSecret: { name: "rabbitmq-admin" } }) };
    case "elasticsearch":
    case "mongodb":
    case "redis":
      return { objects: managedStatement(accounts) };
  }
}

function ofBroker(
  { sources, documents }: Content,
  cluster: Cluster,
  accounts: readonly Account[],
  reference: Broker["reference"],
): JsonObject[] {
  const values = sources.data(`${serviceChart}/values.yaml`);
  const broker: Broker = {
    vhost: stringAt(values, "stores", "rabbitmq", "vhost") ?? "",
    exchange: stringAt(values, "stores", "rabbitmq", "exchange") ?? "",
    reference,
  };
  const peer = documents.clusters.get(cluster.spec.peer?.cluster ?? "")?.document;
  return [...rabbitmqObjects(accounts, broker), ...linkObjects(cluster, peer, broker)];
}

/** One object, or a List of them: a file of the fleet holds one document. */
function generated(path: string, objects: readonly JsonObject[]): Change {
  if (objects.length === 0) return { path, content: null };
  const [head, ...rest] = heading(path).trimEnd().split("\n");
  const note = "# Generated from who reads the store: bun run validate --fix writes it.";
  const data = objects.length === 1 ? objects[0]! : { apiVersion: "v1", kind: "List", items: [...objects] };
  return { path, content: [head, ...rest, note, emitYaml(data)].join("\n") };
}

/** The overlay of a store lists what is generated; what a person adds to it stays. */
function* listing(
  content: Content,
  cluster: Cluster,
  store: StoreName,
  { objects, patch }: StoreSide,
): Iterable<Change> {
  const file = pathOf("store", { cluster: cluster.metadata.name, store }, "kustomization.yaml");
  const { tree, sources } = content;
  const text = tree.has(file) ? tree.text(file) : newOverlay(content, cluster, store, file).content!;
  const data = tree.has(file) ? sources.data(file) : dataOf(text);
  if (!isObject(data)) return;
  const listed = stringsAt(data, "resources");
  const others = listed.filter((entry) => entry !== `./${accountsFile}`);
  const resources = besideLast([...others, ...(objects.length === 0 ? [] : [`./${accountsFile}`])]);
  const otherPatches = listAt(data, "patches").filter((entry) => stringAt(entry, "path") !== `./${patchFile}`);
  const patches = [...otherPatches, ...(patch === undefined ? [] : [{ path: `./${patchFile}` }])];
  const edits: Edit[] = [];
  if (canonical(resources) !== canonical(listed)) edits.push({ path: ["resources"], value: resources });
  if (canonical(patches) !== canonical(listAt(data, "patches")))
    edits.push({ path: ["patches"], value: patches.length === 0 ? undefined : patches });
  yield { path: file, content: edits.length === 0 ? text : editYaml(text, edits) };
}

/** What the overlay of a store consists of, where nobody has written one. */
function newOverlay({ tree }: Content, { spec }: Cluster, store: StoreName, file: string): Change {
  const { environment, stores } = spec;
  const base = pathOf("storeDefinition", { store }, stores.mode);
  const components = [
    `${base}/facts`,
    ...(stores.backup === undefined ? [] : [pathOf("storeDefinition", { store }, "backup")]),
    pathOf("environmentPart", { environment, part: "stores" }),
  ];
  const isThere = (folder: string) => tree.has(`${folder}/kustomization.yaml`);
  return kustomizationChange(file, {
    resources: [pathOf("cluster", { cluster: within("store", file)!.cluster }, "facts"), ...[base].filter(isThere)],
    components: components.filter(isThere),
  });
}

function dataOf(text: string): Json | undefined {
  const parsed = parseYaml(new TextEncoder().encode(text));
  return "problems" in parsed ? undefined : parsed.source.data;
}
