import { UsageError } from "../core/errors.ts";
import { type Content, named, requireService } from "../repo/content.ts";
import { chartFiles, type ImageFile, imageFiles } from "./deployed.ts";

/** Which images and charts a command is about: of these, in any of these places. Nothing said of a kind is all of it. */
export interface ImageSelection {
  services: readonly string[];
  /** Where only services are named, no addon is meant, and the other way round. */
  addons: readonly string[];
  clusters: readonly string[];
  environments: readonly string[];
  rings: readonly number[];
  tenants: readonly string[];
}

/** The images and charts that are meant. A name that nothing has is an error with a suggestion; so is a choice that leaves nothing. */
export function selectImages(content: Content, selection: ImageSelection): ImageFile[] {
  const { documents } = content;
  const { services, addons, clusters, environments, rings, tenants } = selection;
  for (const name of services) requireService(content, name);
  for (const name of addons) named("addon", name, documents.addons);
  for (const name of clusters) named("cluster", name, documents.clusters);
  for (const name of environments) named("environment", name, documents.environments);
  for (const name of tenants) named("tenant", name, documents.tenants);
  const isAll = services.length + addons.length === 0;
  const meant = [
    ...imageFiles(content).filter(({ service }) => isAll || services.includes(service)),
    ...chartFiles(content).filter(({ service }) => isAll || addons.includes(service)),
  ];
  const chosen = meant.filter(
    (image) =>
      (clusters.length === 0 || clusters.includes(image.cluster)) &&
      (environments.length === 0 || environments.includes(image.environment)) &&
      (rings.length === 0 || rings.includes(image.ring)) &&
      (tenants.length === 0 || (image.tenant !== undefined && tenants.includes(image.tenant))),
  );
  if (chosen.length === 0) throw new UsageError("no image matches the selection: bun run status shows what runs where");
  return chosen;
}
