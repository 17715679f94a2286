import type { Change } from "../core/change.ts";
import type { Content } from "../repo/content.ts";
import { named } from "../repo/content.ts";
import { chartFile } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { replaceScalars } from "../yaml/scalar.ts";
import type { LockedChart } from "./placements.ts";

/** The files by which clusters that do not run an addon yet will. */
export function newChartFile(
  { tree, documents }: Content,
  addon: string,
  clusters: readonly string[],
  { version, digest }: LockedChart,
): Change[] {
  const { namespace } = named("addon", addon, documents.addons).document.spec;
  return clusters
    .map((cluster) => {
      named("cluster", cluster, documents.clusters);
      return chartFile({ cluster, addon });
    })
    .filter((path) => !tree.has(path))
    .map((path) => {
      const text = replaceScalars("chart:\n  version: x\n  digest: x\n  namespace: x\n", [
        { path: ["chart", "version"], value: version },
        { path: ["chart", "digest"], value: digest },
        { path: ["chart", "namespace"], value: namespace },
      ]);
      return { path, content: heading(path) + text };
    });
}
