import { readdir } from "node:fs/promises";
import path from "node:path";

import type { SchemaObject } from "ajv";

import type { Contract, KubernetesSchemas } from "../model/kinds.ts";
import { contractFolder, kubernetesSchema } from "../repo/layout.ts";

/** The checkout that this code is of. Schemas belong to it, not to the fleet that is checked: a fork can't loosen them. */
export const ownCheckout = path.join(import.meta.dirname, "../../..");
const root = ownCheckout;

export async function readSchema(file: string): Promise<SchemaObject> {
  return (await Bun.file(path.join(root, file)).json()) as SchemaObject;
}

/** Minor versions of Kubernetes that there are schemas for. */
export async function kubernetesVersions(): Promise<string[]> {
  const files = await readdir(path.join(root, path.dirname(kubernetesSchema("x"))));
  return files.map((file) => path.basename(file, ".json")).toSorted();
}

export async function readKubernetes(version: string): Promise<KubernetesSchemas> {
  return (await Bun.file(path.join(root, kubernetesSchema(version))).json()) as KubernetesSchemas;
}

export async function readContracts(): Promise<Contract[]> {
  const files = await readdir(path.join(root, contractFolder), { recursive: true });
  const schemas = files.filter((file) => file.endsWith(".json")).toSorted();
  return Promise.all(
    schemas.map((file) => Bun.file(path.join(root, contractFolder, file)).json() as Promise<Contract>),
  );
}
