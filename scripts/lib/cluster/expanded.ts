import { UsageError } from "../core/errors.ts";
import { loadFleet } from "../fleet/load.ts";
import type { Repository } from "../fleet/repository.ts";
import type { Cluster } from "../model/generated.ts";
import type { Application } from "../render/application.ts";

/** One cluster of the fleet, whole; refused where something of it can't be rendered: half a cluster is brought nowhere. */
export async function expandedCluster(
  repository: Repository,
  cluster: string,
): Promise<{ applications: readonly Application[]; facts: Cluster }> {
  const { fleet, findings } = await loadFleet(repository, { selection: { clusters: [cluster], applications: [] } });
  const error = findings.find(({ severity }) => severity === "error");
  if (error !== undefined) {
    throw new UsageError(
      `${cluster} does not render (${error.file ?? error.application ?? error.rule}: ${error.message}): bun run validate --cluster ${cluster}`,
    );
  }
  return { applications: fleet.applications, facts: fleet.documents.clusters.get(cluster)!.document };
}
