import { at, type Json, listAt, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type DeployedObject, podKey, renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { plain } from "../../model/ports.ts";
import type { RuleFinding } from "../rule.ts";

/** Backends of routes and of an Ingress, by the numbers (there also names) of the Service's ports. */
export function* routePorts(fleet: Fleet): Iterable<RuleFinding> {
  const services = new Map(
    standingObjects(fleet, "Service").map((service) => [
      `${podKey(service.cluster, service.id.namespace)}/${service.id.name}`,
      service,
    ]),
  );
  for (const route of renderedObjects(fleet, "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "Ingress")) {
    for (const { name, namespace, port } of backends(route)) {
      const service = services.get(`${podKey(route.cluster, namespace)}/${name}`);
      if (service === undefined) continue;
      const ports = listAt(service.object, "spec", "ports");
      if (ports.some((own) => at(own, "port") === port || (port !== undefined && at(own, "name") === port))) continue;
      const known = ports.map((own) => plain(at(own, "port"))).join(", ");
      yield {
        ...route.at,
        message:
          port === undefined
            ? `names no port of the Service ${name}`
            : `leads to the port ${plain(port)} of the Service ${name}, which has ${known}`,
        fix: `use a port of ${name}`,
      };
    }
  }
}

function* backends({
  id,
  object,
}: DeployedObject): Iterable<{ name: string; namespace: string; port: Json | undefined }> {
  if (id.kind === "Ingress") {
    const paths = listAt(object, "spec", "rules").flatMap((rule) => listAt(rule, "http", "paths"));
    for (const backend of [at(object, "spec", "defaultBackend"), ...paths.map((path) => at(path, "backend"))]) {
      const name = stringAt(backend, "service", "name");
      const port = at(backend, "service", "port", "number") ?? at(backend, "service", "port", "name");
      if (name !== undefined) yield { name, namespace: id.namespace, port };
    }
    return;
  }
  for (const rule of listAt(object, "spec", "rules")) {
    const own = listAt(rule, "backendRefs");
    const mirrors = [rule, ...own]
      .flatMap((holder) => listAt(holder, "filters"))
      .map((filter) => at(filter, "requestMirror", "backendRef"));
    for (const backend of [...own, ...mirrors]) {
      const name = stringAt(backend, "name");
      if (name !== undefined && (stringAt(backend, "kind") ?? "Service") === "Service")
        yield { name, namespace: stringAt(backend, "namespace") ?? id.namespace, port: at(backend, "port") };
    }
  }
}
