import { at, type Json, listAt, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { monitoredPods, monitoredServices, podsOfService } from "../../fleet/monitors.ts";
import { type DeployedObject, type PodTemplate, renderedObjects } from "../../fleet/objects.ts";
import { formatPort, isAmong, mayListen, plain, portsOfPod } from "../../model/ports.ts";
import type { RuleFinding } from "../rule.ts";

/** Ports of Services, among those of their pods. */
export function* servicePorts(fleet: Fleet): Iterable<RuleFinding> {
  for (const service of renderedObjects(fleet, "Service")) yield* ofService(fleet, service);
}

function* ofService(fleet: Fleet, service: DeployedObject): Iterable<RuleFinding> {
  const pods = podsOfService(fleet, service);
  for (const port of listAt(service.object, "spec", "ports")) {
    const wanted = { port: at(port, "targetPort") ?? at(port, "port"), protocol: stringAt(port, "protocol") ?? "TCP" };
    if (pods.length === 0 || pods.some(({ spec }) => isAmong(wanted, portsOfPod(spec)))) continue;
    yield {
      ...service.at,
      message: `leads to the port ${formatPort(wanted)}, which no pod it selects has`,
      fix: "correct targetPort",
    };
  }
}

/** Ports that are scraped, among those of the Services or pods. */
export function* monitorPorts(fleet: Fleet): Iterable<RuleFinding> {
  for (const { monitor, services } of monitoredServices(fleet)) {
    const names = new Set(
      services.flatMap(({ object }) => listAt(object, "spec", "ports").map((port) => stringAt(port, "name"))),
    );
    const pods = () => services.flatMap((service) => podsOfService(fleet, service));
    for (const endpoint of listAt(monitor.object, "spec", "endpoints")) {
      const port = stringAt(endpoint, "port");
      if (services.length === 0) continue;
      if (port !== undefined && !names.has(port))
        yield scrapes(monitor, port, "no Service it selects has", "name a port of the Service");
      const target = at(endpoint, "targetPort");
      if (port === undefined && target !== undefined) yield* scrapesPods(monitor, target, pods());
    }
  }
  for (const { monitor, pods } of monitoredPods(fleet))
    for (const endpoint of listAt(monitor.object, "spec", "podMetricsEndpoints")) {
      const port = at(endpoint, "port") ?? at(endpoint, "portNumber") ?? at(endpoint, "targetPort");
      if (port !== undefined) yield* scrapesPods(monitor, port, pods);
    }
}

function* scrapesPods(monitor: DeployedObject, port: Json, pods: readonly PodTemplate[]): Iterable<RuleFinding> {
  const all = pods.map(({ spec }) => portsOfPod(spec));
  if (all.length > 0 && !all.some((ports) => mayListen({ port, protocol: "TCP" }, ports)))
    yield scrapes(monitor, plain(port), "no pod behind it has", "name a port of the pods");
}

function scrapes({ at: where }: DeployedObject, port: string, who: string, fix: string): RuleFinding {
  return { ...where, message: `scrapes the port ${port}, which ${who}`, fix };
}
