import path from "node:path";

import { listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { pathOf } from "../../repo/address.ts";
import { unknownName } from "../../repo/documents.ts";
import { clusterValues } from "../../repo/layout.ts";
import { winner } from "../../repo/values.ts";
import type { Rule } from "../rule.ts";

export const serviceReference: Rule = {
  id: "service-reference",
  severity: "error",
  holds:
    "A service calls what runs on its cluster or is declared to run elsewhere, and forwards only to what it may call.",
  because: "A name that leads nowhere fails at the first call; one that no NetworkPolicy covers fails as a timeout.",
  *check({ applications, sources, values }) {
    const deployed = new Set<string>();
    for (const { cluster, request, folder, manifest } of applications) {
      if (request?.tool === "helm") deployed.add(`${cluster}/${request.namespace}/${request.releaseName}`);
      else if (request === undefined && folder !== undefined) {
        // Its folder is there; why it does not render is a finding of its own.
        const namespace = stringAt(manifest, "spec", "destination", "namespace") ?? "";
        deployed.add(`${cluster}/${namespace}/${path.posix.basename(folder)}`);
      }
    }
    for (const application of applications) {
      const own = values(application);
      const { cluster, request } = application;
      if (own === undefined || request?.tool !== "helm") continue;
      const { merged, layers } = own;
      const place = (...path: (string | number)[]) => {
        const { name } = winner(layers, path);
        return {
          application: application.id,
          file: name,
          ...(layers.at(-1)!.name === name ? {} : sources.locate(name, path)),
        };
      };
      const called = stringsAt(merged, "dependsOn", "services");
      const remote = new Set([
        ...Object.keys(objectAt(merged, "remoteServices")),
        ...stringsAt(merged, "facts", "peer", "services"),
      ]);
      const namespace = `${cluster}/${request.namespace}/`;
      for (const [index, service] of called.entries()) {
        if (deployed.has(namespace + service) || remote.has(service)) continue;
        const known = [...deployed].filter((id) => id.startsWith(namespace)).map((id) => id.slice(namespace.length));
        const { message, fix } = unknownName("service", service, [...known, ...remote]);
        const how = `add ${pathOf("clusterService", { cluster, service })}, or ${service} to spec.peer.services of the cluster's facts, or remoteServices.${service} to ${clusterValues(cluster)}`;
        yield { ...place("dependsOn", "services", index), message: `${message} on ${cluster}`, fix: `${how}; ${fix}` };
      }
      for (const [index, route] of listAt(merged, "config", "routes").entries()) {
        const service = stringAt(route, "service");
        if (service === undefined || called.includes(service)) continue;
        const message = `forwards to ${service}, which dependsOn.services does not name`;
        yield { ...place("config", "routes", index, "service"), message, fix: `add ${service} to dependsOn.services` };
      }
    }
  },
};
