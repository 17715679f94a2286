import { at, type Json, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { podContainers } from "../../fleet/objects.ts";
import { containerName } from "../../model/pods.ts";
import { portsOf } from "../../model/ports.ts";
import type { RuleFinding } from "../rule.ts";

/** Ports of probes and hooks. A name is looked up among the ports of the container itself. A number needs no such entry. */
export function* probePorts(fleet: Fleet): Iterable<RuleFinding> {
  for (const { deployed, container } of podContainers(fleet)) {
    const names = new Set(portsOf(container).map(({ name }) => name));
    const handlers: [string, Json | undefined][] = [
      ...["livenessProbe", "readinessProbe", "startupProbe"].map((kind): [string, Json | undefined] => [
        kind,
        at(container, kind),
      ]),
      ...["postStart", "preStop"].map((kind): [string, Json | undefined] => [kind, at(container, "lifecycle", kind)]),
    ];
    for (const [kind, handler] of handlers) {
      const port = stringAt(handler, "httpGet", "port") ?? stringAt(handler, "tcpSocket", "port");
      if (port === undefined || names.has(port)) continue;
      yield {
        ...deployed.at,
        message: `${containerName(container)} has a ${kind} at the port ${port}, which it does not have`,
        fix: "name a port of this container",
      };
    }
  }
}
