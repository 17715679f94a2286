import { UsageError } from "../core/errors.ts";
import { stringsAt } from "../core/json.ts";
import type { Tenant } from "../model/generated.ts";
import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { serviceValueFiles, tenantValueFiles } from "../repo/layout.ts";
import { serviceValues } from "../repo/service-values.ts";
import { clustersOf } from "./lookup.ts";

/**
 * Kinds of stores that hold a tenant's data, wherever it is placed: those of its own copies of services if it has such,
 * otherwise those of the services that it shares. A service that is split over two clusters counts on both.
 */
export function storesOf(content: Content, { metadata, spec }: Tenant): string[] {
  const tenant = metadata.name;
  const stores = clustersOf(content, tenant).flatMap((cluster) => {
    const { environment } = content.documents.clusters.get(cluster)!.document.spec;
    const files =
      spec.isolation === "dedicated"
        ? placesIn(content.tree, "tenantService", { tenant, cluster }).map(({ service }) =>
            tenantValueFiles({ tenant, service, environment, cluster }),
          )
        : placesIn(content.tree, "clusterService", { cluster }).map(({ service }) =>
            serviceValueFiles({ service, environment, cluster }),
          );
    return files.flatMap((layers) => storesUsed(content, layers));
  });
  return [...new Set(stores)].toSorted();
}

function storesUsed(content: Content, files: readonly string[]): string[] {
  const values = serviceValues(content, files);
  // A store that is left out here is one whose data nobody erases.
  if (typeof values === "string")
    throw new UsageError(`${values} has errors, and says which stores there are: bun run validate names them`);
  return stringsAt(values, "dependsOn", "stores");
}
