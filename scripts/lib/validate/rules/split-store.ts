import { stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Rule } from "../rule.ts";

export const splitStore: Rule = {
  id: "split-store",
  severity: "error",
  compares: "fleet",
  holds:
    "A store that services of both halves of a hybrid deployment use is one store, or both facts say in spec.peer.stores why each has its own, and how brokers are joined.",
  because:
    "What one half writes into its queue, cache or database never reaches the services of the other, and nothing fails (F3).",
  *check(fleet) {
    for (const [cluster, { file, document }] of fleet.documents.clusters) {
      const { peer, stores } = document.spec;
      const other = peer === undefined ? undefined : fleet.documents.clusters.get(peer.cluster)?.document.spec;
      if (peer === undefined || other === undefined) continue;
      const [here, there] = [usersOf(fleet, cluster), usersOf(fleet, peer.cluster)];
      // What is not rendered may use what it likes.
      if (here === undefined || there === undefined) continue;
      const isShared = stores.shared?.with.includes(peer.cluster) ?? false;
      const place = (...path: string[]) => ({ file, ...fleet.sources.locate(file, ["spec", "peer", ...path]) });
      for (const [store, users] of here) {
        const others = there.get(store);
        if (others === undefined || isShared || hasOwn(peer.stores, store)) continue;
        const message = `${users.join(", ")} here and ${others.join(", ")} on ${peer.cluster} use ${store}, and each cluster has its own`;
        const fix = `add ${store} to spec.peer.stores with its link and a reason, here and in the facts of ${peer.cluster}; or let both share one (spec.stores.shared)`;
        yield { ...place("cluster"), message, fix };
      }
      const declared = new Map<string, Link>(Object.entries(other.peer?.stores ?? {}));
      for (const [store, own] of Object.entries<Link>(peer.stores ?? {})) {
        const isSplit = here.has(store) && there.has(store) && !isShared;
        const theirs = declared.get(store);
        if (!isSplit) yield { ...place("stores", store), message: `${store} is not split`, fix: "remove the entry" };
        else if (theirs !== undefined && said(own) !== said(theirs)) {
          const message = `the link of ${store} is ${said(own)}, but the facts of ${peer.cluster} say ${said(theirs)}`;
          yield { ...place("stores", store, "link"), message, fix: "write the same in both" };
        } else if (own.from !== undefined) {
          const modes = new Map([
            [cluster, stores.mode],
            [peer.cluster, other.stores.mode],
          ]);
          if (modes.get(own.from) === "operator") continue;
          const message = modes.has(own.from)
            ? `the shovel of ${store} is from ${own.from}, whose broker a provider runs`
            : `the shovel of ${store} is from ${own.from}, which is neither ${cluster} nor ${peer.cluster}`;
          const fix = "name the one of the two whose stores operators run (spec.stores.mode), in both facts";
          yield { ...place("stores", store, "from"), message, fix };
        }
      }
    }
  },
};

interface Link {
  link: string;
  from?: string;
}

const said = ({ link, from }: Link) => (from === undefined ? link : `${link} from ${from}`);

const hasOwn = (map: object | undefined, key: string) => map !== undefined && Object.hasOwn(map, key);

/** Services of a cluster by the store that they use; undefined where not all of them are rendered. */
function usersOf({ applications, values }: Fleet, cluster: string): Map<string, string[]> | undefined {
  const found = new Map<string, string[]>();
  const own = applications.filter((application) => application.cluster === cluster);
  if (own.length === 0) return undefined;
  for (const application of own) {
    if (application.request?.tool !== "helm") continue;
    for (const store of stringsAt(values(application)?.merged, "dependsOn", "stores"))
      found.set(store, [...(found.get(store) ?? []), application.request.releaseName]);
  }
  return found;
}
