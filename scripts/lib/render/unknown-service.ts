import path from "node:path";

import { suggest } from "../core/suggest.ts";
import { pathOf, placesIn, within } from "../repo/address.ts";
import { serviceNames } from "../repo/content.ts";
import { unknownName } from "../repo/documents.ts";
import type { Tree } from "../repo/tree.ts";

/** A service whose folder on a cluster has another name than any that there is. */
export function unknownService(tree: Tree, folder: string | undefined, missing: string) {
  const named = within("service", missing)?.service;
  if (folder === undefined || named === undefined || named !== path.posix.basename(folder)) return undefined;
  if (tree.isFolder(pathOf("service", { service: named }))) return undefined;
  // Where several clusters run it, it is the service that went, not the name that is wrong.
  if (placesIn(tree, "clusterService").filter(({ service }) => service === named).length > 1) return undefined;
  const beside = path.posix.dirname(folder);
  const absent = serviceNames(tree).filter((service) => !tree.isFolder(`${beside}/${service}`));
  if (suggest(named, absent) === undefined) return { file: folder };
  const { message, fix } = unknownName("service", named, absent);
  return { file: folder, message, fix: `${fix}; a new one: bun run new-service ${named}` };
}
