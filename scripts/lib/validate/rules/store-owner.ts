import type { Finding } from "../../core/finding.ts";
import { isObject, type JsonPath, objectAt, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { clusterRanges } from "../../model/cluster-ranges.ts";
import { winner } from "../../repo/values.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** Something by which a cluster names stores: their domain, a range, or the host of one. */
interface Claim {
  cluster: string;
  what: "domain" | "range" | "host";
  text: string;
  at: () => Pick<Finding, "file" | "line" | "column" | "application">;
}

export const storeOwner: Rule = {
  id: "store-owner",
  severity: "error",
  compares: "fleet",
  holds:
    "A store belongs to one cluster: no other names its domain, range or host, unless the facts of both say that they share it.",
  because: "A cluster that is set up as a copy of another writes into the other's data, and nothing else would say so.",
  *check(fleet) {
    const order = orderOf(fleet);
    const claims = [...factClaims(fleet), ...hostClaims(fleet)].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    const inCommon = new Set<string>();
    for (const [index, claim] of claims.entries()) {
      for (const earlier of claims.slice(0, index)) {
        if (earlier.cluster === claim.cluster || !isSame(earlier, claim)) continue;
        inCommon.add(pair(claim.cluster, earlier.cluster)).add(pair(earlier.cluster, claim.cluster));
        if (sharesWith(fleet, claim.cluster, earlier.cluster) && sharesWith(fleet, earlier.cluster, claim.cluster))
          continue;
        const message = `the ${claim.what} ${claim.text} of its stores is that of ${earlier.cluster} as well`;
        const fix = `give ${claim.cluster} stores of its own; if both are to use the same ones, name each in spec.stores.shared of the other`;
        yield { ...claim.at(), message, fix };
      }
    }
    yield* idle(fleet, inCommon);
  },
};

/**
 * Who has a store first, so that the other is told: a cluster whose domain has its own name in it before one whose has not, as
 * that was copied; and facts before a host that values state.
 */
function orderOf({ documents }: Fleet): (claim: Claim) => string {
  return ({ cluster, what }) => {
    const { domain = cluster } = documents.clusters.get(cluster)!.document.spec.stores;
    return [domain.split(".").includes(cluster) ? 0 : 1, what === "host" ? 1 : 0, cluster].join(" ");
  };
}

/** Declarations that declare nothing. */
function* idle({ documents, sources }: Fleet, inCommon: ReadonlySet<string>): Iterable<RuleFinding> {
  for (const [cluster, { file, document }] of documents.clusters) {
    for (const [index, other] of (document.spec.stores.shared?.with ?? []).entries()) {
      if (inCommon.has(pair(cluster, other)) || !documents.clusters.has(other)) continue;
      const place = sources.locate(file, ["spec", "stores", "shared", "with", index]);
      const message = `says that it shares stores with ${other}, but they have none in common`;
      yield { file, ...place, message, fix: `remove ${other}, or correct domain and cidrs` };
    }
  }
}

function factClaims({ documents, sources }: Fleet): Claim[] {
  return [...documents.clusters].flatMap(([cluster, { file, document }]) => {
    const place = (path: JsonPath) => () => ({ file, ...sources.locate(file, path) });
    const { domain, hosts = {} } = document.spec.stores;
    const ranges = clusterRanges(document).filter(({ name }) => name === "stores");
    return [
      ...(domain === undefined
        ? []
        : [{ cluster, what: "domain" as const, text: domain, at: place(["spec", "stores", "domain"]) }]),
      ...Object.entries(hosts).map(([store, text]) => ({
        cluster,
        what: "host" as const,
        text,
        at: place(["spec", "stores", "hosts", store]),
      })),
      ...ranges.map(({ path, text }) => ({ cluster, what: "range" as const, text, at: place(path) })),
    ];
  });
}

/** Hosts that values state. Names below svc mean another store on each cluster. */
function hostClaims({ applications, sources, values }: Fleet): Claim[] {
  const found = new Map<string, Claim>();
  for (const application of applications) {
    const own = values(application);
    const stores = objectAt(own?.merged, "stores");
    for (const [name, store] of Object.entries(stores)) {
      const text = isObject(store) ? stringAt(store, "host") : undefined;
      if (own === undefined || text === undefined || /\.svc(\.cluster\.local)?$/.test(text)) continue;
      const path = ["stores", name, "host"];
      const layer = winner(own.layers, path);
      const { cluster, id } = application;
      const place =
        layer === own.layers.at(-1) ? () => ({}) : () => ({ file: layer.name, ...sources.locate(layer.name, path) });
      found.set(pair(cluster, text), { cluster, what: "host", text, at: () => ({ application: id, ...place() }) });
    }
  }
  return [...found.values()];
}

function isSame(a: Claim, b: Claim): boolean {
  if (a.what === b.what) return a.text === b.text;
  const [host, domain] = a.what === "host" ? [a, b] : [b, a];
  return host.what === "host" && domain.what === "domain" && host.text.endsWith(`.${domain.text}`);
}

function sharesWith({ documents }: Fleet, cluster: string, other: string): boolean {
  return documents.clusters.get(cluster)!.document.spec.stores.shared?.with.includes(other) ?? false;
}

const pair = (a: string, b: string) => `${a}\0${b}`;
