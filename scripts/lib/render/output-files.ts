import { stringify } from "yaml";

import type { JsonObject } from "../core/json.ts";
import type { Application, FleetObject } from "./application.ts";

/** A manifest as text that every reader reads alike. */
export function manifestText(object: JsonObject): string {
  return stringify(object, { compat: "yaml-1.1", lineWidth: 0, aliasDuplicateObjects: false, version: "1.2" });
}

/** Everything that decides the name of a file is between these; a name of an object may be anything (B-10). */
const safe = /[^a-z0-9.-]/g;
const longest = 200;

/**
 * Where an object is written, below the output folder: CLUSTER/APPLICATION/NAMESPACE/KIND[.GROUP]_NAME.yaml. No name
 * leads out of the folder, and no two objects share a file, not even where case is ignored.
 */
export function outputPath(application: Application, { id }: FleetObject): string {
  const kind = id.group === "" ? id.kind : `${id.kind}.${id.group}`;
  const file = `${segment(kind.toLowerCase())}_${segment(id.name)}`;
  const namespace = id.namespace === "" ? "_cluster" : segment(id.namespace);
  return [segment(application.cluster), segment(application.name), namespace, `${file}.yaml`].join("/");
}

function segment(name: string): string {
  const escaped = name.replace(safe, (character) => `%${character.codePointAt(0)!.toString(16)}`);
  const short = escaped.length <= longest ? escaped : `${escaped.slice(0, longest)}%${hash(name)}`;
  return /^\.*$/.test(short) ? `%${short.replaceAll(".", "%2e")}` : short;
}

function hash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 16);
}
