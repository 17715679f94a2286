import { mirroredImage } from "../addon/cluster-values.ts";
import { addonPlacements } from "../addon/placements.ts";
import { chartRepository, definitionsRepository } from "../argocd/pull-source.ts";
import type { Fleet } from "./fleet.ts";
import { imagesOf } from "./images.ts";

/** Something that a cluster pulls by digest, and where it lies in its registry. */
export interface Pulled {
  repository: string;
  tag: string;
  digest: string;
  /** One of the clusters that pull it. */
  cluster: string;
}

/** A chart or its definitions, whose bytes this machine has. */
export interface PulledChart extends Pulled {
  kind: "chart" | "manifests";
}

const reference = /^([^/]+)\/([a-z0-9][a-z0-9._/-]*):([A-Za-z0-9_][A-Za-z0-9._-]*)@(sha256:[0-9a-f]{64})$/;

/**
 * Every image that some clusters pull: what their objects name, and what the locks of their addons do, since charts give
 * images to programs as arguments too. What is not pinned by digest can't be carried and is said.
 */
export function pulledImages(fleet: Fleet, clusters: readonly string[]): { images: Pulled[]; unpinned: string[] } {
  const found = new Map<string, Pulled>();
  const unpinned = new Set<string>();
  // An image is one, under whatever tags it is named.
  const add = (image: Pulled) => {
    const key = `${image.repository} ${image.digest}`;
    if (!found.has(key) || image.tag < found.get(key)!.tag) found.set(key, image);
  };
  for (const { deployed, what, image } of imagesOf(fleet)) {
    if (!clusters.includes(deployed.cluster)) continue;
    const [, , repository, tag, digest] = reference.exec(image) ?? [];
    if (repository !== undefined) add({ repository, tag: tag!, digest: digest!, cluster: deployed.cluster });
    else unpinned.add(`${deployed.at.application}: ${what} of ${deployed.at.object} runs ${JSON.stringify(image)}`);
  }
  for (const { cluster, locked } of addonPlacements(fleet))
    if (clusters.includes(cluster))
      for (const { image, tag, digest } of locked?.images ?? [])
        add({ repository: mirroredImage("", image).slice(1), tag, digest, cluster });
  const images = [...found.keys()].toSorted().map((key) => found.get(key)!);
  return { images, unpinned: [...unpinned].toSorted() };
}

/** Every chart that some clusters pull, and its definitions. */
export function pulledCharts(fleet: Fleet, clusters: readonly string[]): PulledChart[] {
  const found = new Map<string, PulledChart>();
  for (const { addon, cluster, locked } of addonPlacements(fleet)) {
    if (!clusters.includes(cluster) || locked === undefined) continue;
    // OCI knows no plus in a tag.
    const tag = locked.version.replaceAll("+", "_");
    const all = [
      { kind: "chart" as const, repository: chartRepository("", addon).slice(1), digest: locked.digest },
      { kind: "manifests" as const, repository: definitionsRepository("", addon).slice(1), digest: locked.definitions },
    ];
    for (const { kind, repository, digest } of all)
      if (digest !== undefined) found.set(`${repository} ${digest}`, { kind, repository, tag, digest, cluster });
  }
  return [...found.keys()].toSorted().map((key) => found.get(key)!);
}
