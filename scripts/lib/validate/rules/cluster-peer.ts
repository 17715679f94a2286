import path from "node:path";

import { stringsAt } from "../../core/json.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** As an overlay of a cluster names it. */
const component = path.posix.relative(
  pathOf("cluster", { cluster: "CLUSTER" }),
  pathOf("clusterComponent", { component: "peer" }),
);

export const clusterPeer: Rule = {
  id: "cluster-peer",
  severity: "error",
  holds: `What the facts of a hybrid cluster say of its peer are the peer's facts, one of the two says that browsers reach the other, and its overlay includes ${pathOf("clusterComponent", { component: "peer" })}.`,
  because: "Each half would call an address that the other no longer has, or learn nothing of the other at all.",
  *check({ documents, sources, tree }) {
    for (const [cluster, { file, document }] of documents.clusters) {
      const { peer } = document.spec;
      const overlay = pathOf("cluster", { cluster }, "kustomization.yaml");
      const included = tree.has(overlay) && stringsAt(sources.data(overlay), "components").includes(component);
      if (included !== (peer !== undefined)) {
        const message = included
          ? `includes ${component}, but its facts have no spec.peer`
          : `has a peer, but does not include ${component}`;
        const fix = included ? "remove the component, or add spec.peer" : `add ${component} to its components`;
        yield { file: overlay, line: 1, message, fix };
      }
      const other = peer === undefined ? undefined : documents.clusters.get(peer.cluster)?.document.spec;
      if (peer === undefined || other === undefined) continue;
      const place = (key: string) => ({ file, ...sources.locate(file, ["spec", "peer", key]) });
      if (other.peer?.cluster !== cluster) {
        const message = `${peer.cluster} does not name ${cluster} as its peer`;
        yield {
          ...place("cluster"),
          message,
          fix: `add spec.peer to the facts of ${peer.cluster}, or correct the name`,
        };
      }
      if (other.peer?.cluster === cluster && (other.peer.public ?? false) === (peer.public ?? false)) {
        const message =
          peer.public === true
            ? `says that browsers reach the deployment at ${peer.cluster}, whose facts say the same of ${cluster}`
            : `neither it nor ${peer.cluster} says where browsers reach the deployment`;
        const fix =
          "write public: true into spec.peer of the cluster that browsers do not reach, and nothing into the other";
        yield { ...place(peer.public === true ? "public" : "cluster"), message, fix };
      }
      for (const [key, stated, fact] of [
        ["domain", peer.domain, other.domain],
        ["nodes", peer.nodes, other.cidrs.nodes],
      ] as const) {
        if (stated === fact) continue;
        const message = `${key} is ${stated}, but the facts of ${peer.cluster} say ${fact}`;
        yield { ...place(key), message, fix: `write ${fact}` };
      }
    }
  },
};
