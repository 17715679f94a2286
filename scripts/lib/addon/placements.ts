import { chartFiles, type ImageFile } from "../image/deployed.ts";
import type { Addon, AddonLock } from "../model/generated.ts";
import type { Content } from "../repo/content.ts";
import type { Located } from "../repo/documents.ts";

export type LockedChart = AddonLock["spec"]["charts"][number];

/** An addon on a cluster, with all that is known of it; what is missing, a rule says. */
export interface Placement {
  chart: ImageFile;
  addon: string;
  cluster: string;
  facts: Located<Addon> | undefined;
  /** The entry of the lock whose bytes it runs. */
  locked: LockedChart | undefined;
}

/** Every addon of every cluster, sorted by path. */
export function addonPlacements(content: Content): Placement[] {
  const { addons, addonLocks } = content.documents;
  return chartFiles(content).map((chart) => {
    const addon = chart.service;
    const charts = addonLocks.get(addon)?.document.spec.charts ?? [];
    const locked = charts.find(({ version, digest }) => version === chart.tag && digest === chart.digest);
    return { chart, addon, cluster: chart.cluster, facts: addons.get(addon), locked };
  });
}
