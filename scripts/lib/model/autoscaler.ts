import { at, type JsonObject, stringAt } from "../core/json.ts";

/** What keeps the number of a workload's pods between two bounds. */
export interface Bounds {
  /** The workload, in the same namespace. */
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

/** What an autoscaler scales, and between which bounds; undefined of anything else, and where it has no upper one. */
export function boundsOf(object: JsonObject): Bounds | undefined {
  const kind = stringAt(object, "kind") ?? "";
  if (!Object.hasOwn(kinds, kind)) return undefined;
  const fields = kinds[kind as keyof typeof kinds];
  const target = at(object, "spec", "scaleTargetRef");
  const [least, most] = [fields.least, fields.most].map(([field, usual]) => numberAt(object, field) ?? usual);
  if (most === undefined) return undefined;
  // The API server asks a HorizontalPodAutoscaler for a kind; KEDA has Deployment in mind.
  const workload = { kind: stringAt(target, "kind") ?? "Deployment", name: stringAt(target, "name") ?? "" };
  return { target: workload, least: least ?? 0, most };
}

function numberAt(object: JsonObject, field: string): number | undefined {
  const value = at(object, "spec", field);
  return typeof value === "number" ? value : undefined;
}
