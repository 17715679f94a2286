import { at, type Json, type JsonObject, listAt, stringAt } from "../core/json.ts";
import { containers } from "./pods.ts";

/** A port that a container says it listens on. */
export interface PodPort {
  name: string | undefined;
  number: number;
  protocol: string;
}

/** A port that something else names: by number, by name, a range of numbers, or all of a protocol. */
export interface WantedPort {
  port: Json | undefined;
  endPort?: Json | undefined;
  protocol: string;
}

/** Ports of one container. */
export function portsOf(container: Json): PodPort[] {
  return listAt(container, "ports").map((port) => ({
    name: stringAt(port, "name"),
    number: Number(at(port, "containerPort")),
    protocol: stringAt(port, "protocol") ?? "TCP",
  }));
}

/** Ports of all containers of a pod. */
export function portsOfPod(pod: JsonObject): PodPort[] {
  return containers(pod).flatMap(portsOf);
}

/** Whether one of some ports is meant. */
export function isAmong({ port, endPort, protocol }: WantedPort, ports: readonly PodPort[]): boolean {
  return ports.some((own) => {
    if (own.protocol !== protocol) return false;
    if (port === undefined) return true;
    if (typeof port !== "number") return own.name === port;
    return own.number >= port && own.number <= (typeof endPort === "number" ? endPort : port);
  });
}

/** "http", "8080", "8000 to 8100 (UDP)". */
export function formatPort({ port, endPort, protocol }: WantedPort): string {
  const numbers = typeof endPort === "number" ? `${plain(port)} to ${endPort}` : plain(port);
  return protocol === "TCP" ? numbers : `${numbers} (${protocol})`;
}

/** Whether pods may listen on a port: those that list no port at all may listen on any number. */
export function mayListen(wanted: WantedPort, ports: readonly PodPort[]): boolean {
  return (ports.length === 0 && typeof wanted.port === "number") || isAmong(wanted, ports);
}

/** A number or a name as it is written. */
export function plain(port: Json | undefined): string {
  return typeof port === "string" ? port : JSON.stringify(port);
}
