import { at, type Json, stringAt } from "../core/json.ts";
import type { DeployedObject } from "./objects.ts";

/** What keeps the number of a workload's pods between two bounds. */
export interface Autoscaler {
  deployed: DeployedObject;
  /** Kind and name of the workload, in the same namespace. */
  target: { kind: string; name: string };
  least: number;
  most: number;
}

/** Kinds that scale, with the fields of their bounds and what they are where nothing is said. */
const kinds = {
  HorizontalPodAutoscaler: { least: ["minReplicas", 1], most: ["maxReplicas", undefined] },
  /** KEDA's: it makes a HorizontalPodAutoscaler, and goes to zero by itself. */
  ScaledObject: { least: ["minReplicaCount", 0], most: ["maxReplicaCount", 100] },
} as const;

/** Every kind of autoscaler, to ask a fleet for its objects. */
export const autoscalerKinds: readonly string[] = Object.keys(kinds);

/** The autoscalers among some objects. */
export function autoscalers(objects: readonly DeployedObject[]): Autoscaler[] {
  return objects.flatMap((deployed): Autoscaler[] => {
    const { id, object } = deployed;
    if (!(id.kind in kinds)) return [];
    const bounds = kinds[id.kind as keyof typeof kinds];
    const target = at(object, "spec", "scaleTargetRef");
    // The API server asks a HorizontalPodAutoscaler for a kind; KEDA has Deployment in mind.
    const kind = stringAt(target, "kind") ?? "Deployment";
    const [least, most] = [bounds.least, bounds.most].map(([field, usual]) => number(object, field) ?? usual);
    if (most === undefined) return [];
    return [{ deployed, target: { kind, name: stringAt(target, "name") ?? "" }, least: least ?? 0, most }];
  });
}

function number(object: Json, field: string): number | undefined {
  const value = at(object, "spec", field);
  return typeof value === "number" ? value : undefined;
}
