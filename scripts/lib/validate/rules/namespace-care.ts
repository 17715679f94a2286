import { at, listAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { scrapedPods, wholeMonitoring } from "../../fleet/monitors.ts";
import { type DeployedObject, podKey, renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { within } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

export const namespaceCare: Rule = {
  id: "namespace-care",
  severity: "error",
  needs: "clusters",
  holds:
    "Of each namespace in which something runs Prometheus scrapes a pod, something collects the logs, and Velero keeps its volumes, but for those of stores, which recovery-point is about. That it is closed and restricted hold default-deny and pod-security.",
  because: "What nobody looks at, reads or keeps is missed when it is gone, and not before.",
  *check(fleet) {
    // Where a chart or Prometheus itself is somebody else's, so may be what cares for a namespace.
    const judged = wholeMonitoring(fleet);
    const scraped = new Set(scrapedPods(fleet).map(({ deployed }) => podKey(deployed.cluster, deployed.id.namespace)));
    const standing = Map.groupBy(standingObjects(fleet), ({ cluster, id }) => podKey(cluster, id.namespace));
    for (const { cluster, id, at: where } of renderedObjects(fleet, "Namespace")) {
      if (!judged.has(cluster)) continue;
      const own = standing.get(podKey(cluster, id.name)) ?? [];
      if (own.some(runsForEver) && !scraped.has(podKey(cluster, id.name)))
        yield {
          ...where,
          message: "runs pods, and Prometheus scrapes none of them",
          fix: "add a PodMonitor or ServiceMonitor for them",
        };
      const kept = own.filter((deployed) => hasVolumes(deployed) && !isOfStore(deployed));
      if (kept.length > 0 && !isBackedUp(fleet, cluster, id.name))
        yield {
          ...where,
          message: `has volumes that no Schedule of Velero keeps: ${kept.map((own) => `${own.id.kind} ${own.id.name}`).join(", ")}`,
          fix: "add it to includedNamespaces of a Schedule",
        };
    }
    yield* unread(fleet, judged);
  },
};

/** Files of the nodes are read for all namespaces at once, or for none. */
function* unread(fleet: Fleet, judged: ReadonlySet<string>) {
  const read = new Set(
    standingObjects(fleet, "DaemonSet").flatMap(({ cluster, pods }) =>
      pods.some(({ spec }) => listAt(spec, "volumes").some(isOfLogs)) ? [cluster] : [],
    ),
  );
  for (const cluster of [...judged].toSorted()) {
    if (read.has(cluster)) continue;
    const { file } = fleet.documents.clusters.get(cluster) ?? { file: "" };
    yield {
      ...(file === "" ? {} : { file, line: 1 }),
      message: `nothing on ${cluster} collects the logs of its pods: no DaemonSet reads /var/log of the nodes`,
      fix: "run the addon fluent-bit (bun run bump-chart --place)",
    };
  }
}

const isOfLogs = (volume: unknown) =>
  /^\/var\/log(\/(containers|pods))?\/?$/.test(stringAt(volume, "hostPath", "path") ?? "");

const runsForEver = ({ id, pods }: DeployedObject) => pods.length > 0 && id.kind !== "Job" && id.kind !== "CronJob";

const hasVolumes = ({ id, object }: DeployedObject) =>
  id.kind === "PersistentVolumeClaim" || listAt(object, "spec", "volumeClaimTemplates").length > 0;

const isOfStore = ({ application }: DeployedObject) => within("store", `${application.folder}/`) !== undefined;

/** Of no name all are meant, as Velero reads it. */
function isBackedUp(fleet: Fleet, cluster: string, namespace: string): boolean {
  return standingObjects(fleet, "Schedule").some(({ cluster: other, id, object }) => {
    if (other !== cluster || id.group !== "velero.io" || at(object, "spec", "paused") === true) return false;
    const template = at(object, "spec", "template");
    const included = stringsAt(template, "includedNamespaces");
    const isIncluded = included.length === 0 || included.includes("*") || included.includes(namespace);
    return isIncluded && !stringsAt(template, "excludedNamespaces").includes(namespace);
  });
}
