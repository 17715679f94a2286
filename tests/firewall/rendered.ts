/** The firewall as the frozen fleet renders it. */
import { at, type JsonObject, objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { everything } from "../../scripts/lib/fleet/selection.ts";
import { sampleRepository } from "../support/repository.ts";
import type { Configuration } from "./programs.ts";

export interface Firewall {
  failOpen: boolean;
  image: string;
  config: Configuration;
}

/** By cluster. */
export async function firewalls(clusters: readonly string[]): Promise<Firewall[]> {
  await using fleet = await sampleRepository(clusters);
  const repository = await Repository.read(fleet.root, { env: process.env });
  const loaded = await loadFleet(repository, { selection: { ...everything, applications: ["platform-firewall"] } });
  return clusters.map((cluster) => {
    const application = loaded.fleet.applications.find(
      (one) => one.cluster === cluster && one.name === "platform-firewall",
    );
    const [policy] = application?.objects.filter(({ object }) => object["kind"] === "EnvoyExtensionPolicy") ?? [];
    if (policy === undefined) throw new Error(`${cluster} renders no firewall`);
    const wasm = at(policy.object, "spec", "wasm", 0) as JsonObject;
    return {
      failOpen: wasm["failOpen"] === true,
      image: stringAt(wasm, "code", "image", "url") ?? "",
      config: objectAt(wasm, "config") as unknown as Configuration,
    };
  });
}

export interface Exclusion {
  /** Begin of the paths. */
  path: string;
  field: string;
  /** The file of the set whose rules are taken off it. */
  family: number;
}

/** What the directives take off, field by field. */
export function exclusionsOf({ directives_map: { default: directives } }: Configuration): Exclusion[] {
  return directives.flatMap((directive) => {
    const [, path] = /REQUEST_FILENAME "@rx \^(\/api\/v1\/[a-z]+)\(/.exec(directive) ?? [];
    const taken = directive.matchAll(/ruleRemoveTargetById=(\d{3})000-(?:\1)999;ARGS:json\.(\w+)/g);
    return [...taken].map(([, family, field]) => ({ path: path!, field: field!, family: Number(family) }));
  });
}

/** The same firewall without them. */
export function withoutExclusions({ directives_map, ...rest }: Configuration): Configuration {
  const left = directives_map.default.filter((directive) => !directive.includes(";ARGS:json."));
  return { ...rest, directives_map: { default: left } };
}
