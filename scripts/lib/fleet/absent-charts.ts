import { stringAt } from "../core/json.ts";
import { archiveAbsent } from "../render/render.ts";
import type { Fleet } from "./fleet.ts";
import { podKey } from "./objects.ts";

/** Applications whose charts this machine does not have. */
export const absentCharts = ({ applications }: Pick<Fleet, "applications">) =>
  applications.filter(({ notRendered }) => notRendered === archiveAbsent);

/** Namespaces in which there are pods that nobody rendered, by podKey: what selects none there may select these. */
export function namespacesOfAbsentCharts(fleet: Fleet): ReadonlySet<string> {
  return new Set(
    absentCharts(fleet).map(({ cluster, manifest }) =>
      podKey(cluster, stringAt(manifest, "spec", "destination", "namespace") ?? ""),
    ),
  );
}
