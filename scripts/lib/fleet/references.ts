import path from "node:path";

import { addTo } from "../core/group.ts";
import { objectAt } from "../core/json.ts";
import type { Application } from "../render/application.ts";
import { gather, type SecretReference, type WantedSecret } from "../secret/generate.ts";
import type { Fleet } from "./fleet.ts";
import { type Reference, references } from "./needs.ts";
import { appliedObjects, type DeployedObject, referringObjects } from "./objects.ts";
import { requiredSecrets } from "./tenant-secrets.ts";

/** An object that is there, by its keys; what a hook makes is there only for hooks of its own Application. */
interface Held {
  keys: ReadonlySet<string>;
  onlyFor: Application | undefined;
}

/** What is rendered, by where it is; what operators make is among it. */
export type HeldObjects = ReadonlyMap<string, readonly Held[]>;

/** One name for an object of a cluster. */
export function where(
  cluster: string,
  { kind, namespace, name }: Pick<Reference, "kind" | "namespace" | "name">,
): string {
  return [cluster, kind, namespace, name].join("\0");
}

/** What of a fleet can be referred to, with the keys of ConfigMaps and Secrets. */
export function heldObjects(fleet: Fleet): HeldObjects {
  const found = new Map<string, Held[]>();
  for (const { application, cluster, hooks, id, object } of appliedObjects(fleet)) {
    const onlyFor = hooks.length > 0 ? application : undefined;
    const keys = ["data", "stringData", "binaryData"].flatMap((field) => Object.keys(objectAt(object, field)));
    addTo(found, where(cluster, id), { keys: new Set(keys), onlyFor });
  }
  return found;
}

/** What is missing of what an object refers to: nothing, the key, or the whole object. */
export function missingOf(
  held: HeldObjects,
  { application, cluster, hooks }: Pick<DeployedObject, "application" | "cluster" | "hooks">,
  reference: Reference,
): "key" | "object" | undefined {
  if (reference.optional === true) return undefined;
  const all = held.get(where(cluster, reference)) ?? [];
  const usable = all.filter(({ onlyFor }) => onlyFor === undefined || (hooks.length > 0 && onlyFor === application));
  if (usable.length === 0) return "object";
  const { key } = reference;
  return key === undefined || usable.some(({ keys }) => keys.has(key)) ? undefined : "key";
}

/** Whether a Secret is there for everybody. */
export function holdsSecret(held: HeldObjects, cluster: string, namespace: string, name: string): boolean {
  const found = held.get(where(cluster, { kind: "Secret", namespace, name })) ?? [];
  return found.some(({ onlyFor }) => onlyFor === undefined);
}

/** Secrets that something rendered refers to, or that a role requires, and that are not there or lack the key. */
export function missingSecrets(fleet: Fleet): WantedSecret[] {
  const held = heldObjects(fleet);
  const referred = readersOf(fleet).filter(
    ({ deployed, reference }) => missingOf(held, deployed, reference) !== undefined,
  );
  const required = requiredSecrets(fleet).filter(
    ({ cluster, namespace, name }) => !holdsSecret(held, cluster, namespace, name),
  );
  return [
    ...gather(referred.map(secretReference)),
    ...required.map(({ cluster, namespace, name }) => ({
      cluster,
      namespace,
      name,
      keys: [],
      readers: [],
      user: namespace,
    })),
  ];
}

/** Every reference to a Secret, and the service whose Application makes it. */
export function secretReferences(fleet: Fleet): SecretReference[] {
  return readersOf(fleet).map(secretReference);
}

interface Reader {
  deployed: DeployedObject;
  reference: Reference;
}

function readersOf(fleet: Fleet): Reader[] {
  return referringObjects(fleet).flatMap((deployed) =>
    references(deployed)
      .filter(({ kind }) => kind === "Secret")
      .map((reference): Reader => ({ deployed, reference })),
  );
}

function secretReference({ deployed: { application, cluster }, reference }: Reader): SecretReference {
  const { namespace, name, key } = reference;
  return { cluster, namespace, name, key, reader: path.posix.basename(application.folder ?? application.name) };
}
