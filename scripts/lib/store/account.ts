import { sharedNamespace } from "../core/company.ts";
import { at, listAt, stringsAt } from "../core/json.ts";
import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { serviceValueFiles, tenantValueFiles } from "../repo/layout.ts";
import { serviceValues } from "../repo/service-values.ts";

export const storeNames = ["elasticsearch", "mongodb", "postgresql", "rabbitmq", "redis"] as const;
export type StoreName = (typeof storeNames)[number];
const isStoreName = (name: string): name is StoreName => (storeNames as readonly string[]).includes(name);

/** Where operators run the stores, and where the stores' halves of credentials are. */
export const storesNamespace = "stores";

/** service: reads and writes. migration: owns the tables, and changes them. owner: both, of a tenant's database. */
export type AccountRole = "service" | "migration" | "owner";

/**
 * One reader of a store: a service of a cluster, its migration, a tenant's own copy, or a tenant with a database of its
 * own. The service chart says the same to the service (templates/_account.tpl).
 */
export interface Account {
  cluster: string;
  store: StoreName;
  /** Undefined where the services that all tenants share read a tenant's database. */
  service: string | undefined;
  tenant: string | undefined;
  role: AccountRole;
  /** Name of its objects beside the store. */
  name: string;
  /** Whom the store knows it as. */
  user: string;
  /** What is its alone in the store: a database, the first part of keys, of indices, of queues. */
  data: string;
  /** Its credentials, beside the reader. */
  secret: { namespace: string; name: string };
  /** The same, beside the store. */
  copy: string;
}

/**
 * Every account of a cluster, in the order of stores and names; undefined where a values file has errors, and so what it
 * says of stores is not known.
 */
export function accountsOf(content: Content, cluster: string): Account[] | undefined {
  const environment = content.documents.clusters.get(cluster)?.document.spec.environment;
  if (environment === undefined) return undefined;
  const services = placesIn(content.tree, "clusterService", { cluster }).flatMap(({ service }) =>
    ofService(content, { cluster, service }, serviceValueFiles({ service, environment, cluster })),
  );
  const copies = placesIn(content.tree, "tenantService", { cluster }).flatMap(({ tenant, service }) =>
    ofService(content, { cluster, service, tenant }, tenantValueFiles({ tenant, service, environment, cluster })),
  );
  const tenants = placesIn(content.tree, "grant", { cluster }).flatMap(({ tenant }) =>
    ofTenant(content, cluster, tenant),
  );
  const all = [...services, ...copies, ...tenants].filter((account) => account !== undefined);
  if (all.length < services.length + copies.length + tenants.length) return undefined;
  return all.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

const order = ({ store, name }: Account) => `${store} ${name}`;

interface Reader {
  cluster: string;
  service: string;
  tenant?: string;
}

function ofService(content: Content, reader: Reader, files: readonly string[]): (Account | undefined)[] {
  // What a service is stands in the first; where that is missing, that is what has to be mended.
  const values = content.tree.has(files[0]!) ? serviceValues(content, files) : files[0]!;
  if (typeof values === "string") return [undefined];
  const stores = stringsAt(values, "dependsOn", "stores").filter(isStoreName);
  const isMigrated = at(values, "migration", "enabled") ?? stores.includes("postgresql");
  const migrated = isMigrated === true ? listAt(values, "migration", "stores") : [];
  return stores.flatMap((store) => [
    accountOf(reader, store, "service"),
    ...(migrated.includes(store) ? [accountOf(reader, store, "migration")] : []),
  ]);
}

function accountOf({ cluster, service, tenant }: Reader, store: StoreName, role: "service" | "migration"): Account {
  const reader = tenant === undefined ? service : `tenant-${tenant}-${service}`;
  const suffix = role === "migration" ? "-migration" : "";
  return {
    cluster,
    store,
    service,
    tenant,
    role,
    name: reader + suffix,
    user: identifier(reader + suffix),
    data: dataOf(store, reader, service),
    secret: {
      namespace: tenant === undefined ? sharedNamespace : `tenant-${tenant}`,
      name: `${service}-${store}${suffix}`,
    },
    copy: `${reader}-${store}${suffix}`,
  };
}

/** A tenant of the shared services whose facts promise it a database of its own. */
function ofTenant({ documents }: Content, cluster: string, tenant: string): Account[] {
  if (documents.tenants.get(tenant)?.document.spec.isolation !== "database") return [];
  const name = `tenant-${tenant}`;
  const user = identifier(name);
  return [
    {
      cluster,
      store: "postgresql",
      service: undefined,
      tenant,
      role: "owner",
      name,
      user,
      data: user,
      secret: { namespace: name, name: "database" },
      copy: `${name}-postgresql`,
    },
  ];
}

/** A dot and a colon are in no name, so that none is the beginning of another. */
function dataOf(store: StoreName, reader: string, service: string): string {
  switch (store) {
    case "elasticsearch":
      return `${reader}.`;
    case "mongodb":
    case "postgresql":
      return identifier(reader);
    case "rabbitmq":
      return `${service}.`;
    case "redis":
      return `${reader}:`;
  }
}

/** What a store takes without quotes. */
const identifier = (name: string) => name.replaceAll("-", "_");
