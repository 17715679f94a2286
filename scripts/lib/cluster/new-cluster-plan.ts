import type { Change } from "../core/change.ts";
import { apiVersion } from "../core/company.ts";
import { UsageError } from "../core/errors.ts";
import { isObject, type Json, type JsonObject, objectAt } from "../core/json.ts";
import type { Repository } from "../fleet/repository.ts";
import { everything } from "../fleet/selection.ts";
import type { Cluster } from "../model/generated.ts";
import type { Check } from "../model/schema.ts";
import { requireService, serviceNames } from "../repo/content.ts";
import { clusterFacts } from "../repo/layout.ts";
import type { Identity } from "../secret/age-wrapping.ts";
import { publishedKey } from "../secret/keys.ts";
import { draftFacts, merged } from "./draft.ts";
import { freeRanges } from "./free-ranges.ts";
import { type Given, refuseIncomplete } from "./given.ts";
import { type Half, peered } from "./hybrid.ts";
import { absentParts, factsChange, newCluster, refuseName } from "./new-cluster.ts";
import { apisOf, planOf } from "./parts.ts";

/** What somebody wants of one new cluster, or of both halves of a hybrid deployment. */
export interface Request {
  names: readonly string[];
  /** What options say of it. */
  wanted: {
    environment: string;
    model: string;
    provider?: string | undefined;
    region?: string | undefined;
    residency?: string | undefined;
    domain?: string | undefined;
    ring?: number | undefined;
    like?: string | undefined;
  };
  /** Services that were named, by cluster. */
  services: ReadonlyMap<string, readonly string[]>;
  given: readonly Given[];
  /** Public keys, by cluster. */
  recipients: ReadonlyMap<string, string>;
  /** Private halves of those that were made for it. */
  identities: ReadonlyMap<string, Identity>;
  check: Check;
  /** The schema of a Cluster: facts are written in its order. */
  schema: object;
}

/** Everything of new clusters: files, what is left out, and whose private key nobody has yet. */
export function planNewClusters(repository: Repository, request: Request) {
  const { names, wanted } = request;
  const isHybrid = wanted.model === "hybrid";
  if (names.length !== (isHybrid ? 2 : 1))
    throw new UsageError(
      isHybrid ? "a hybrid deployment has two halves: name both" : `name one cluster, not ${names.length}`,
    );
  for (const name of names) refuseName(repository, name);
  const alone = names.map((name) => drafted(repository, request, name));
  const whole = isHybrid ? joined(repository, alone as [Half, Half]) : alone;
  const facts = whole.map(({ name, spec, services }) => factsOf(repository, request, { name, spec, services }));
  // What the parts of a cluster are follows from its facts: they are read first.
  const first = facts.map(factsChange);
  const seen = repository.with(first);
  const published = repository.documents.environments.get(wanted.environment)!.document.spec.publishedKeys === true;
  const absent: (string | undefined)[] = [];
  const changes: Change[] = [...first];
  for (const [index, { metadata, spec }] of facts.entries()) {
    const { name } = metadata;
    const plan = planOf(seen, name, spec, whole[index]!.services);
    const identity = request.identities.get(name);
    absent.push(absentParts(name, plan));
    changes.push(
      ...newCluster(seen, {
        name,
        plan,
        publishedKey: published && identity !== undefined ? publishedKey(name, identity) : undefined,
      }),
    );
  }
  return {
    changes,
    absent: absent.filter((line) => line !== undefined),
    privateKeys: published ? [] : names.filter((name) => request.identities.has(name)),
    // Hosts, ranges and stores of all clusters are to be told apart.
    selection: everything,
    next: `read ${facts.map(({ metadata }) => clusterFacts(metadata.name)).join(" and ")}; commit it and open a pull request; then docs/runbooks/cluster-installation.md, from the machines to bootstrap`,
    title: `feat(clusters): ${names.join(" and ")}, ${wanted.model}`,
  };
}

/** Everything that is known of one cluster, and the services that it runs by itself. */
function drafted(repository: Repository, { names, wanted, given, services }: Request, name: string): Half {
  const { like, ...options } = wanted;
  const own = given.filter((one) => one.name === undefined || one.name === name);
  const said = [...own.map(({ spec }) => spec), withoutAbsent(options)].reduce(merged, {});
  // Each half after what the other has taken.
  const block = freeRanges(repository, names.indexOf(name));
  const named = services.get(name) ?? [];
  for (const service of named) requireService(repository, service);
  const running = named.length === 0 && names.length === 1 ? serviceNames(repository.tree) : named;
  return {
    name,
    spec: draftFacts(repository, { name, given: said, ranges: block, like }),
    services: [...running].toSorted(),
  };
}

/** Both halves: what was named for neither runs on the first that had nothing named. */
function joined(repository: Repository, halves: [Half, Half]): [Half, Half] {
  const all = serviceNames(repository.tree);
  const open = halves.find(({ services }) => services.length === 0);
  const rest = all.filter((service) => !halves.some(({ services }) => services.includes(service)));
  const filled = halves.map((half) => (half === open ? { ...half, services: rest } : half)) as [Half, Half];
  const twice = filled[0].services.filter((service) => filled[1].services.includes(service));
  if (twice.length > 0) throw new UsageError(`${twice.join(", ")} can run on one half only`);
  const left = all.filter((service) => !filled.some(({ services }) => services.includes(service)));
  if (left.length > 0)
    throw new UsageError(`${left.join(", ")} would run on neither half: name each with --service CLUSTER=NAME`);
  const stores = filled.map(
    (half) => new Set(planOf(repository, half.name, specSoFar(half.spec), half.services).stores),
  );
  return peered(
    filled,
    [...stores[0]!].filter((store) => stores[1]!.has(store)),
  );
}

/** The facts as a document, whole and held against the schema. */
function factsOf(repository: Repository, request: Request, { name, spec, services }: Half): Cluster {
  const { schema, check, given, recipients } = request;
  const complete: JsonObject = { ...spec, ageRecipient: spec["ageRecipient"] ?? recipients.get(name)! };
  if (isObject(spec["stores"]) && spec["apiVersions"] === undefined)
    complete["apiVersions"] = apisOf(planOf(repository, name, specSoFar(complete), services));
  const document = {
    apiVersion,
    kind: "Cluster",
    metadata: { name, annotations: { "config.kubernetes.io/local-config": "true" } },
    spec: inOrder(complete, objectAt(schema, "properties", "spec")) as JsonObject,
  };
  refuseIncomplete(
    name,
    document,
    given.filter((one) => one.name === undefined || one.name === name),
    check,
    schema,
  );
  return document as unknown as Cluster;
}

/** Facts before they are held against their schema: what is asked of them here is there by then. */
const specSoFar = (facts: JsonObject) => facts as unknown as Cluster["spec"];

/** A value with its keys as its schema lists them, however deep. */
function inOrder(value: Json, schema: JsonObject): Json {
  if (!isObject(value)) return value;
  const properties = objectAt(schema, "properties");
  const known = Object.keys(properties).filter((key) => key in value);
  const others = Object.keys(value).filter((key) => !(key in properties));
  return Object.fromEntries([...known, ...others].map((key) => [key, inOrder(value[key]!, objectAt(properties, key))]));
}

function withoutAbsent(options: Readonly<Record<string, string | number | undefined>>): JsonObject {
  const keys = ["environment", "model", "provider", "region", "residency", "domain", "ring"];
  return Object.fromEntries(keys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])));
}
