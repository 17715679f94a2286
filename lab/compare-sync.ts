import {
  canonical,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  stringAt,
} from "../scripts/lib/core/json.ts";
import { formatResource, identity, resourceId } from "../scripts/lib/model/resource.ts";
import type { Application } from "../scripts/lib/render/application.ts";
import type { Api } from "./api.ts";

/** Fields that Argo CD 3.2, which the lab runs, does not know yet, and Argo CD 3.5, which the fleet is for, does. */
const unknownToLab = ["spec.syncPolicy.retry.refresh"];

export const applicationsPath = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";

export async function liveApplications(api: Api): Promise<JsonObject[]> {
  return listAt((await api.request("GET", applicationsPath)).body, "items").filter(isObject);
}

/** Where the Applications that Argo CD generated differ from those of our expansion. */
export function compareApplications(live: readonly JsonObject[], expected: readonly Application[]): string[] {
  const byName = new Map(live.map((application) => [stringAt(application, "metadata", "name") ?? "", application]));
  const differences: string[] = [];
  for (const { name, manifest } of expected) {
    const found = byName.get(name);
    byName.delete(name);
    if (found === undefined) differences.push(`${name}: not generated`);
    else
      differences.push(
        ...subsetDifferences(objectAt(manifest, "spec"), objectAt(found, "spec"), "spec")
          .filter((difference) => !excused(difference))
          .map((difference) => `${name}: ${difference}`),
      );
  }
  return [...differences, ...[...byName.keys()].map((name) => `${name}: generated, and not by us`)];
}

function excused(difference: string): boolean {
  return unknownToLab.some((field) => difference.startsWith(field));
}

/** Where live data lacks something of ours or says otherwise; what a server adds is no difference. */
export function subsetDifferences(ours: Json, live: Json | undefined, where: string): string[] {
  if (isObject(ours)) {
    if (!isObject(live))
      return live === undefined && Object.keys(ours).length === 0 ? [] : [`${where} is ${canonical(live)}`];
    return Object.entries(ours).flatMap(([key, value]) => subsetDifferences(value, live[key], `${where}.${key}`));
  }
  if (Array.isArray(ours)) {
    if (!Array.isArray(live) || live.length !== ours.length)
      return ours.length === 0 && live === undefined ? [] : [`${where} is ${canonical(live)}`];
    return ours.flatMap((value, index) => subsetDifferences(value, live[index], `${where}[${index}]`));
  }
  return ours === live || isOmitted(ours, live, where) || sameQuantity(ours, live)
    ? []
    : [`${where} is ${canonical(live)}, not ${canonical(ours)}`];
}

/** The server writes it, whatever it is told: charts that were printed by Go say null there. */
const always = ".metadata.creationTimestamp";

/** What is nothing to Go is left out when it is written, and so is a null: the server has no value of its own for it. */
function isOmitted(ours: Json, live: Json | undefined, where: string): boolean {
  if (ours === null) return live === undefined || live === null || where === always;
  return live === undefined && (ours === false || ours === 0);
}

/** The server writes 1000m as "1", and so it writes a bare 1 of a chart. */
function sameQuantity(ours: Json, live: Json | undefined): boolean {
  if (typeof live !== "string") return false;
  if (typeof ours === "number") return live === String(ours);
  return typeof ours === "string" && /^\d+m$/.test(ours) && Number(live) * 1000 === Number(ours.slice(0, -1));
}

/** Manifests as Argo CD's repo server rendered them, by the name of their Application. */
export async function renderedManifests(redis: string): Promise<Map<string, JsonObject[]>> {
  const client = new Bun.RedisClient(`redis://${redis}`);
  try {
    const keys = ((await client.send("KEYS", ["mfst|*"])) as string[]).toSorted();
    const found = new Map<string, JsonObject[]>();
    for (const key of keys) {
      const entry = await client.getBuffer(key);
      if (entry === null) continue;
      const response = JSON.parse(new TextDecoder().decode(Bun.gunzipSync(entry))) as {
        manifestResponse?: { manifests?: string[] };
      };
      const manifests = response.manifestResponse?.manifests?.map((manifest) => JSON.parse(manifest) as JsonObject);
      const tracking = manifests?.map((manifest) =>
        stringAt(manifest, "metadata", "annotations", "argocd.argoproj.io/tracking-id"),
      );
      const name = tracking?.find((id) => id !== undefined)?.split(":")[0];
      if (name !== undefined && manifests !== undefined) found.set(name, manifests);
    }
    return found;
  } finally {
    client.close();
  }
}

/** Where what Argo CD rendered differs from what we did, object by object. */
export function compareManifests(
  theirs: ReadonlyMap<string, JsonObject[]>,
  expected: readonly Application[],
): { objects: number; differences: string[] } {
  const differences: string[] = [];
  let objects = 0;
  for (const { name, objects: own, manifest } of expected) {
    const rendered = theirs.get(name);
    // Argo CD tracks no definition, so nothing in its cache says whose they are; what the cluster holds is compared.
    if (rendered === undefined && own.length > 0 && own.every(({ id }) => id.kind === "CustomResourceDefinition"))
      continue;
    if (rendered === undefined) {
      differences.push(`${name}: not rendered`);
      continue;
    }
    const destination = stringAt(manifest, "spec", "destination", "namespace") ?? "";
    // The repo server leaves to the controller what is cluster-wide, and the destination's namespace.
    const key = (object: JsonObject, namespace: string) => identity({ ...resourceId(object), namespace });
    const byKey = new Map(
      rendered.flatMap((object) => [
        [key(object, resourceId(object).namespace || destination), object] as const,
        [key(object, ""), object] as const,
      ]),
    );
    for (const { object, id } of own) {
      objects++;
      const rendition = byKey.get(key(object, id.namespace));
      if (rendition === undefined) {
        differences.push(`${name}: ${formatResource(id)} is not among them`);
        continue;
      }
      const isGlobal = id.namespace === "";
      const found = isGlobal ? withoutPlace(rendition) : rendition;
      const ours = isGlobal
        ? withoutPlace(object)
        : resourceId(found).namespace === ""
          ? withoutNamespace(object)
          : object;
      if (canonical(found) !== canonical(ours))
        differences.push(
          `${name}: ${formatResource(id)}: ${[...subsetDifferences(ours, found, ""), ...subsetDifferences(found, ours, "")].slice(0, 3).join("; ")}`,
        );
    }
    if (rendered.length !== own.length) differences.push(`${name}: ${rendered.length} objects, ours are ${own.length}`);
  }
  return { objects, differences };
}

/** Of a cluster-wide object the tracking id is written anew with the namespace. */
function withoutPlace(object: JsonObject): JsonObject {
  const { annotations, ...metadata } = objectAt(withoutNamespace(object), "metadata");
  const { "argocd.argoproj.io/tracking-id": _id, ...others } = objectAt(annotations);
  return { ...object, metadata: { ...metadata, annotations: others } };
}

function withoutNamespace(object: JsonObject): JsonObject {
  const { namespace: _namespace, ...metadata } = objectAt(object, "metadata");
  return { ...object, metadata };
}

/** A status in a manifest is the server's to write, and Argo CD does not compare it either: definitions are printed with one. */
function withoutStatus({ status: _status, ...object }: JsonObject): JsonObject {
  return object;
}

/** Objects that stay which the cluster does not have, or has otherwise than we say. */
export async function compareLive(api: Api, expected: readonly Application[]): Promise<string[]> {
  const differences: string[] = [];
  for (const { name, objects } of expected) {
    for (const { object, id, hooks } of objects) {
      if (hooks.length > 0) continue;
      const path = await api.pathOf(object);
      const { status, body } = await api.request("GET", path ?? "/");
      if (status !== 200) differences.push(`${name}: ${formatResource(id)} is not on the cluster`);
      else
        differences.push(
          ...subsetDifferences(withoutStatus(object), body, "")
            .map((difference) => `${name}: ${formatResource(id)}: ${difference.replace(/^\./, "")}`)
            .filter((difference) => !unknownToLab.some((field) => difference.includes(field))),
        );
    }
  }
  return differences;
}
