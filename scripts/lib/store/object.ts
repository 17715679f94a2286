import type { JsonObject } from "../core/json.ts";
import { storesNamespace } from "./account.ts";

/** Nobody deletes data by taking a line out of Git: Argo CD asks a person first. */
export const kept = { "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm" } as const;

/** When Argo CD applies it: the store itself is wave 0. */
export const wave = (number: number) => ({ "argocd.argoproj.io/sync-wave": String(number) });

/** An object beside the stores, or the part of one that a patch brings: its spec, or its data. */
export function besideStores(
  apiVersion: string,
  kind: string,
  name: string,
  body: JsonObject,
  annotations?: Readonly<Record<string, string>>,
): JsonObject {
  const metadata = { name, namespace: storesNamespace, ...(annotations === undefined ? {} : { annotations }) };
  return { apiVersion, kind, metadata, ...body };
}
