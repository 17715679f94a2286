import type { Fleet } from "../fleet/fleet.ts";
import { formatResource } from "../model/resource.ts";
import { compareApplications } from "./compare.ts";

/** An object that is not as it was, though its Application was brought back. */
export interface StillDiffers {
  application: string;
  object: string;
  /** Files that it is rendered from and that differ: somebody else's, or secrets and facts. */
  files: string[];
}

/** What of some Applications, told by their folders, still renders otherwise than before. */
export function stillDiffers(before: Fleet, after: Fleet, folders: ReadonlySet<string>): StillDiffers[] {
  const own = (fleet: Fleet) => fleet.applications.filter(({ folder }) => folders.has(folder ?? ""));
  return compareApplications(own(before), own(after)).objects.map(({ application, id }) => {
    const reads = [before, after].flatMap((fleet) => own(fleet).find((one) => one.id === application)?.reads ?? []);
    const files = [...new Set(reads)].filter((file) => hash(before, file) !== hash(after, file)).toSorted();
    return { application, object: formatResource(id), files };
  });
}

const hash = ({ tree }: Fleet, file: string) => (tree.has(file) ? tree.hash(file) : undefined);
