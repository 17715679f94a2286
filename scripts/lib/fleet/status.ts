import { compare, valid } from "semver";

import { chartFiles, type ImageFile, imageFiles } from "../image/deployed.ts";
import { type Content, serviceNames } from "../repo/content.ts";

/** One column of the rollout: a cluster that all tenants share, or a tenant's own copies on one. */
export interface Place {
  cluster: string;
  /** The customer whose own copies they are. */
  tenant?: string;
  environment: string;
  ring: number;
}

/** A service that is older in a place than in one that took the change before it. */
export interface Lag {
  image: ImageFile;
  /** The image that is newer: of the environment below, or of an earlier step of the same one. */
  behind: ImageFile;
}

export interface Status {
  /** In the order in which they take a change: by environment, clusters before tenants, ring by ring. */
  places: Place[];
  services: string[];
  images: ImageFile[];
  /** Charts of addons. */
  charts: ImageFile[];
  lags: Lag[];
  /** Services that no cluster runs. */
  orphans: string[];
}

/** Which version runs where, what lags behind, what is held, what runs nowhere. */
export function statusOf(content: Content): Status {
  const { documents, tree } = content;
  const rank = (environment: string) => documents.environments.get(environment)?.document.spec.rank ?? 0;
  const images = imageFiles(content);
  const charts = chartFiles(content);
  const key = ({ environment, ring, cluster, tenant }: Place) =>
    [rank(environment), tenant === undefined ? 0 : 1, ring].map((part) => String(part).padStart(4, "0")).join() +
    `${cluster} ${tenant ?? ""}`;
  const places = new Map<string, Place>();
  for (const [cluster, { document }] of documents.clusters) {
    const { environment, ring } = document.spec;
    places.set(key({ cluster, environment, ring }), { cluster, environment, ring });
  }
  for (const { cluster, tenant, environment, ring } of images)
    if (tenant !== undefined)
      places.set(key({ cluster, tenant, environment, ring }), { cluster, tenant, environment, ring });
  const services = serviceNames(tree);
  const deployed = new Set(images.map(({ service }) => service));
  return {
    places: [...places.keys()].toSorted().map((name) => places.get(name)!),
    services,
    images,
    charts,
    lags: [images, charts].flatMap((files) =>
      [...Map.groupBy(files, ({ service }) => service)]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, own]) => lagsOf(own, rank, key)),
    ),
    orphans: services.filter((service) => !deployed.has(service)),
  };
}

/** Only what all share is a model for others: a tenant's own copy may be ahead for reasons of its own. */
function lagsOf(
  images: readonly ImageFile[],
  rank: (environment: string) => number,
  key: (place: Place) => string,
): Lag[] {
  const ordered = images.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return ordered.flatMap((image) => {
    const before = ordered.filter(
      (other) =>
        other.tenant === undefined &&
        (other.environment === image.environment
          ? image.tenant !== undefined || other.ring < image.ring
          : rank(other.environment) === rank(image.environment) - 1),
    );
    const behind = before.findLast((other) => isNewer(other.tag, image.tag));
    return behind === undefined ? [] : [{ image, behind }];
  });
}

function isNewer(a: string, b: string): boolean {
  return valid(a) !== null && valid(b) !== null && compare(a, b) > 0;
}
