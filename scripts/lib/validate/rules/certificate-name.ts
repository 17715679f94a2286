import { stringsAt } from "../../core/json.ts";
import { environmentOf } from "../../fleet/environment.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { appliedObjects, renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

const inCluster = /^(\*\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/;

export const certificateName: Rule = {
  id: "certificate-name",
  severity: "error",
  needs: "clusters",
  holds:
    "A name of a certificate that is one of the cluster's own is that of a Service there; the host of a store that a reader is told is among the names of one.",
  because:
    "Readers verify the name that they connect to (F5): another one refuses every connection, or teaches people to switch verification off (D-32).",
  *check(fleet) {
    const services = new Set(
      standingObjects(fleet, "Service").map(({ cluster, id }) => `${cluster} ${id.namespace} ${id.name}`),
    );
    const carried = new Map<string, Set<string>>();
    for (const { cluster, id, object, at } of renderedObjects(fleet, "Certificate")) {
      if (id.group !== "cert-manager.io") continue;
      const names = stringsAt(object, "spec", "dnsNames");
      const own = carried.get(cluster) ?? new Set<string>();
      for (const name of names) own.add(name);
      carried.set(cluster, own);
      for (const name of names) {
        const [, , service, namespace] = inCluster.exec(name) ?? [];
        if (service === undefined || services.has(`${cluster} ${namespace!} ${service}`)) continue;
        yield {
          ...at,
          message: `carries ${name}, and there is no Service ${service} in ${namespace!}`,
          fix: "correct the name, or remove it",
        };
      }
    }
    yield* unknownHosts(fleet, carried);
  },
};

/** Hosts in variables of readers: only those that operators run are of certificates here. */
function* unknownHosts(fleet: Fleet, carried: ReadonlyMap<string, ReadonlySet<string>>) {
  for (const kind of ["Deployment", "Job"])
    for (const deployed of appliedObjects(fleet, kind)) {
      const environment = environmentOf(deployed);
      for (const [name, host] of environment) {
        const match = name.endsWith("_HOST") ? inCluster.exec(host) : null;
        if (match?.[3] !== "stores" || environment.get(name.replace(/_HOST$/, "_TLS")) !== "true") continue;
        if (carried.get(deployed.cluster)?.has(host) === true) continue;
        yield {
          ...deployed.at,
          message: `is told ${name}=${host}, which no certificate here carries`,
          fix: `add it to dnsNames of the store's Certificate (${pathOf("storeDefinition", { store: "STORE" }, "operator/certificate.yaml")})`,
        };
      }
    }
}
