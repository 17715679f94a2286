import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Omission } from "../core/finding.ts";
import { stringAt } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { clusterValues, environmentValues, tenantValues } from "../repo/layout.ts";
import { editYaml } from "../yaml/emit.ts";
import { type Hold, type ImageFile, pathIn, whereOf } from "./deployed.ts";
import type { ImageSelection } from "./select.ts";

/**
 * Values files of the selection as a whole, beside those of single services: nothing where only some services or rings are
 * selected, since these files are everybody's there.
 */
export function sharedValuesFiles({
  services,
  addons,
  clusters,
  environments,
  rings,
  tenants,
}: ImageSelection): string[] {
  if (services.length + addons.length + rings.length > 0) return [];
  return [
    ...clusters.map((name) => clusterValues(name)),
    ...(clusters.length === 0 && tenants.length === 0 ? environments.map((name) => environmentValues(name)) : []),
    ...tenants.map((name) => tenantValues(name)),
  ];
}

/** What is brought back: all of a cluster, an environment or a tenant, or one service of it. */
export interface RollbackScope {
  images: readonly ImageFile[];
  /** Files of the scope beside images: values of the cluster, the environment or the tenant as a whole. */
  files: readonly string[];
}

/**
 * The fewest files that bring a scope back to what it was in a commit: those of it alone that differ, and a hold on each
 * image that goes back, so that no bump undoes it. What lies outside the scope and differs as well is somebody else's.
 */
export function rollbackChanges(
  now: Content,
  then: Content,
  { images, files }: RollbackScope,
  hold: Hold,
): { changes: Change[]; back: { image: ImageFile; tag: string }[]; skipped: Omission[] } {
  const changes: Change[] = [];
  const skipped: Omission[] = [];
  const back: { image: ImageFile; tag: string }[] = [];
  for (const image of images) {
    if (!then.tree.has(image.file)) {
      skipped.push({
        what: `${image.service} on ${whereOf(image)}`,
        reason: "it did not exist in that commit: remove its folder to stop it",
      });
      continue;
    }
    const folder = image.file.slice(0, image.file.lastIndexOf("/"));
    const old = then.tree.text(image.file);
    const isBack = !sameImage(image, old, now.tree.text(image.file));
    if (isBack) {
      back.push({ image, tag: stringAt(then.sources.data(image.file), ...pathIn(image, "version")) ?? "" });
      changes.push({ path: image.file, content: editYaml(old, [{ path: pathIn(image, "hold"), value: { ...hold } }]) });
    }
    for (const file of new Set([...now.tree.below(folder), ...then.tree.below(folder)]))
      if (file !== image.file) changes.push(...restored(now, then, file));
  }
  for (const file of files) changes.push(...restored(now, then, file));
  if (changes.length === 0)
    throw new UsageError("nothing in the selection differs from that commit: bun run diff shows what does");
  return { changes, back, skipped };
}

function restored(now: Content, then: Content, file: string): Change[] {
  const [is, was] = [now, then].map(({ tree }) => (tree.has(file) ? tree.text(file) : null));
  return is === was ? [] : [{ path: file, content: was! }];
}

/** Holds aside. */
function sameImage(image: ImageFile, a: string, b: string): boolean {
  const bare = (text: string) => editYaml(text, [{ path: pathIn(image, "hold"), value: undefined }]);
  return bare(a) === bare(b);
}
