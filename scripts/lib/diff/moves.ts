import { type Json, textsIn } from "../core/json.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ObjectChange } from "./compare.ts";
import { applicationsOf } from "./fold.ts";
import type { Row } from "./structure.ts";

/** An address that becomes another: of a store, a route, a service. Undefined on the side where it is not. */
export interface Move {
  /** What names it, in the object. */
  path: string;
  before: string | undefined;
  after: string | undefined;
  /** Whose the new one is, by the facts, where it is not of the Application's own cluster: another cluster's, or a tenant's. */
  stranger: string | undefined;
  applications: string[];
}

/** Fields that hold an address, though it looks like any other name with dots. */
const addressed =
  /(host|hostname|hostnames\[\]|dnsnames\[\]|url|uri|address|addresses|endpoint|server|domain|origin|origins\[\])$/i;
const isList = /\[\]$/;
const address = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s@/]+@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?(?:[/?#]\S*)?$/i;

/** Addresses that differ, those that come to be somebody else's first. */
export function movesOf(changes: readonly ObjectChange[], old: Fleet, now: Fleet): Move[] {
  const [was, is] = [ownersOf(old), ownersOf(now)];
  const found = changes.flatMap(({ application, cluster, id, rows }) =>
    // What a set has is told of where it makes something of it.
    (id.kind === "ApplicationSet" ? [] : rows).flatMap((row) => {
      const [before, after] = [hostOf(row, row.before), hostOf(row, row.after)];
      if (before === after || (!isList.test(row.path) && (before === undefined || after === undefined))) return [];
      // Whose it was counts: a change could claim it.
      const owner = after === undefined ? undefined : (was(after) ?? is(after));
      const isOwn = owner === undefined || owner.cluster === cluster || owner.namespace === id.namespace;
      const stranger = isOwn ? undefined : owner.name;
      return [{ path: row.path, before, after, stranger, application }];
    }),
  );
  const keyOf = ({ path, before, after, stranger }: Omit<Move, "applications">) =>
    JSON.stringify([path, before, after, stranger]);
  return [...Map.groupBy(found, keyOf).values()]
    .map((group) => {
      const { application: _application, ...move } = group[0]!;
      return { ...move, applications: applicationsOf(group) };
    })
    .toSorted((a, b) => rank(a) - rank(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
}

const rank = ({ stranger }: Move) => (stranger === undefined ? 1 : 0);

function hostOf({ path }: Row, value: Json | undefined): string | undefined {
  if (typeof value !== "string" || /(^|\.)image$/.test(path)) return undefined;
  const host = address.exec(value)?.[1];
  return host !== undefined && (value.includes("://") || addressed.test(path.replaceAll("_", ""))) ? host : undefined;
}

interface Owner {
  name: string;
  cluster?: string;
  namespace?: string;
}

/** Whose an address is, by the facts: a cluster's with its environment, or a namespace's of a tenant. */
function ownersOf({ documents }: Fleet): (host: string) => Owner | undefined {
  const exact = new Map<string, Owner>();
  const domains: [domain: string, owner: Owner][] = [];
  for (const [name, { document }] of documents.clusters) {
    const owner = { name: `${name} (${document.spec.environment})`, cluster: name };
    for (const host of textsIn(document.spec)) if (address.test(host)) exact.set(address.exec(host)![1]!, owner);
    const { domain, stores } = document.spec;
    for (const own of [domain, stores.domain]) if (own !== undefined) domains.push([own, owner]);
  }
  // The domain of a cluster may lie in another's: the longest is its own.
  domains.sort(([a], [b]) => b.length - a.length);
  return (host) => {
    const namespace = /^[a-z0-9-]+\.(tenant-[a-z0-9-]+)\.svc(\.|$)/.exec(host)?.[1];
    if (namespace !== undefined) return { name: namespace, namespace };
    return exact.get(host) ?? domains.find(([domain]) => host === domain || host.endsWith(`.${domain}`))?.[1];
  };
}
