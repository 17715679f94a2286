import { at, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { type Problems, repeated } from "./problem.ts";

/** A Service. Ports that stand twice are found by their keys. */
export function* service(object: JsonObject): Problems {
  const ports = listAt(object, "spec", "ports");
  const type = stringAt(object, "spec", "type") ?? "ClusterIP";
  const isHeadless = at(object, "spec", "clusterIP") === "None";
  if (ports.length === 0 && type !== "ExternalName" && !isHeadless)
    yield { message: "has no ports", fix: "add spec.ports" };
  if (type === "ExternalName" && stringAt(object, "spec", "externalName") === undefined)
    yield { message: "is of the type ExternalName without externalName", fix: "add externalName" };
  if (type !== "ClusterIP" && type !== "ExternalName" && isHeadless)
    yield { message: `is of the type ${type} with clusterIP None`, fix: "remove one of them" };
  const names = ports.map((port) => stringAt(port, "name"));
  if (ports.length > 1 && names.some((name) => name === undefined || name === ""))
    yield { message: "has several ports, and one without a name", fix: "name every port" };
  for (const name of repeated(names)) yield { message: `has two ports named ${name}`, fix: "give each a name" };
  for (const port of ports)
    if (type === "ClusterIP" && at(port, "nodePort") !== undefined)
      yield { message: "has a nodePort and is of the type ClusterIP", fix: "remove nodePort" };
}
