import { type Bounds, boundsOf } from "../model/autoscaler.ts";
import type { DeployedObject } from "./objects.ts";

/** An autoscaler of the fleet. */
export interface Autoscaler extends Bounds {
  deployed: DeployedObject;
}

/** The autoscalers among some objects. */
export function autoscalers(objects: readonly DeployedObject[]): Autoscaler[] {
  return objects.flatMap((deployed): Autoscaler[] => {
    const bounds = boundsOf(deployed.object);
    return bounds === undefined ? [] : [{ deployed, ...bounds }];
  });
}
