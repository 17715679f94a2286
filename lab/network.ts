import { createServer } from "node:http";
import { connect } from "node:net";

import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A program of the lab that stands for a Pod, and those of its ports that are others on this machine. */
export interface Endpoint {
  pod: JsonObject;
  ports: ReadonlyMap<number, number>;
}

/** Where the API server asks for a connection into the cluster: lab/control-plane.ts tells it so. */
export const networkSocket = (folder: string) => `${folder}/network.sock`;

/**
 * Plays the network between the API server and Services: webhooks keep the Services that they name. What no program
 * stands for reaches the port of a stand-in; without one it is refused, as a Service without endpoints is. Returns what
 * ends it.
 */
export async function startNetwork(
  { api, folder }: ControlPlane,
  endpoints: readonly Endpoint[],
  standIn?: number,
): Promise<() => void> {
  const server = createServer();
  server.on("connect", (request, socket, head) => {
    void (async () => {
      const { body } = await api.request("GET", "/api/v1/services");
      const port = portOf(listAt(body, "items").filter(isObject), endpoints, request.url ?? "") ?? standIn;
      if (port === undefined) return void socket.end("HTTP/1.1 503 no endpoint\r\n\r\n");
      const target = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        target.write(head);
        target.pipe(socket);
        socket.pipe(target);
      });
      const end = () => void (target.destroy(), socket.destroy());
      target.on("error", end);
      socket.on("error", end);
    })().catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(networkSocket(folder), resolve);
  });
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

/** The port on loopback behind ADDRESS:PORT of a Service, as kube-proxy would choose it. */
export function portOf(
  services: readonly JsonObject[],
  endpoints: readonly Endpoint[],
  destination: string,
): number | undefined {
  const [address, number] = destination.split(":") as [string, string | undefined];
  const service = services.find((candidate) => stringAt(candidate, "spec", "clusterIP") === address);
  const entry = listAt(service, "spec", "ports").find((port) => objectAt(port)["port"] === Number(number));
  const selector = Object.entries(objectAt(service, "spec", "selector"));
  if (service === undefined || entry === undefined || selector.length === 0) return undefined;
  const target = objectAt(entry)["targetPort"];
  const chosen = endpoints.find(({ pod }) => {
    const labels = objectAt(pod, "metadata", "labels");
    const isNear = stringAt(pod, "metadata", "namespace") === stringAt(service, "metadata", "namespace");
    return isNear && selector.every(([name, value]) => labels[name] === value);
  });
  const own = chosen === undefined ? undefined : numberOf(chosen.pod, target);
  return own === undefined ? undefined : (chosen!.ports.get(own) ?? own);
}

function numberOf(pod: JsonObject, target: Json | undefined): number | undefined {
  if (typeof target === "number") return target;
  const all = listAt(pod, "spec", "containers").flatMap((container) => listAt(container, "ports"));
  const number = objectAt(all.find((port) => stringAt(port, "name") === target))["containerPort"];
  return typeof number === "number" ? number : undefined;
}
