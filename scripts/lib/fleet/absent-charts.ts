import { stringAt } from "../core/json.ts";
import { archiveAbsent } from "../render/render.ts";
import type { Fleet } from "./fleet.ts";
import { podKey } from "./objects.ts";

/** Applications whose charts this machine does not have. */
export const absentCharts = ({ applications }: Pick<Fleet, "applications">) =>
  applications.filter(({ notRendered }) => notRendered === archiveAbsent);

/** Namespaces that somebody else brings to a cluster, and may not have brought to each. */
export function externalNamespaces({ documents }: Pick<Fleet, "documents">): ReadonlySet<string> {
  const entries = documents.external?.document.spec.cluster ?? [];
  return new Set(entries.flatMap(({ kind, names }) => (kind === "Namespace" ? names : [])));
}

/** Namespaces in which there are pods that nobody rendered, by podKey: what selects none there may select these. */
export function namespacesOfAbsentCharts(fleet: Fleet): ReadonlySet<string> {
  return new Set(
    absentCharts(fleet).map(({ cluster, manifest }) =>
      podKey(cluster, stringAt(manifest, "spec", "destination", "namespace") ?? ""),
    ),
  );
}
