import { compare, valid } from "semver";

import { objectAt, stringAt } from "../core/json.ts";
import type { Fleet } from "./fleet.ts";

/** What of a service runs on a cluster. */
export interface Deployment {
  service: string;
  cluster: string;
  tag: string;
  digest: string;
  hold?: { reason: string; expires: string };
}

/** A service that is older on a cluster than on one that took the change before it. */
export interface Lag {
  service: string;
  cluster: string;
  tag: string;
  /** The cluster it lags behind: of the environment below, or of an earlier ring. */
  behind: string;
  newer: string;
}

export interface Status {
  /** In the order in which they take a change. */
  clusters: { cluster: string; environment: string; ring: number }[];
  services: string[];
  deployments: Deployment[];
  lags: Lag[];
  holds: Deployment[];
  /** Services that no cluster runs. */
  orphans: string[];
}

/** Which version runs where, what lags behind, what is held, what runs nowhere. */
export function statusOf({ applications, documents, tree, values }: Fleet): Status {
  const rank = (environment: string) => documents.environments.get(environment)?.document.spec.rank ?? 0;
  const clusters = [...documents.clusters]
    .map(([cluster, { document }]) => ({ cluster, environment: document.spec.environment, ring: document.spec.ring }))
    .toSorted(
      (a, b) => rank(a.environment) - rank(b.environment) || a.ring - b.ring || (a.cluster < b.cluster ? -1 : 1),
    );
  const deployments = applications.flatMap((application): Deployment[] => {
    const image = objectAt(values(application)?.merged, "image");
    const tag = stringAt(image, "tag");
    if (tag === undefined || application.request?.tool !== "helm") return [];
    const hold = image["hold"] as Deployment["hold"];
    const { releaseName: service } = application.request;
    const digest = stringAt(image, "digest") ?? "";
    return [{ service, cluster: application.cluster, tag, digest, ...(hold === undefined ? {} : { hold }) }];
  });
  const services = tree.list("apps/services");
  const deployed = new Set(deployments.map(({ service }) => service));
  return {
    clusters,
    services,
    deployments,
    lags: services.flatMap((service) => lagsOf(service, clusters, deployments, rank)),
    holds: deployments.filter(({ hold }) => hold !== undefined),
    orphans: services.filter((service) => !deployed.has(service)),
  };
}

function lagsOf(
  service: string,
  clusters: Status["clusters"],
  deployments: readonly Deployment[],
  rank: (environment: string) => number,
): Lag[] {
  const tagOn = (cluster: string) => deployments.find((own) => own.service === service && own.cluster === cluster)?.tag;
  return clusters.flatMap(({ cluster, environment, ring }) => {
    const tag = tagOn(cluster);
    if (tag === undefined) return [];
    const before = clusters.filter((other) =>
      other.environment === environment ? other.ring < ring : rank(other.environment) === rank(environment) - 1,
    );
    const newer = before.findLast((other) => isNewer(tagOn(other.cluster), tag));
    return newer === undefined ? [] : [{ service, cluster, tag, behind: newer.cluster, newer: tagOn(newer.cluster)! }];
  });
}

function isNewer(a: string | undefined, b: string): boolean {
  return a !== undefined && valid(a) !== null && valid(b) !== null && compare(a, b) > 0;
}
