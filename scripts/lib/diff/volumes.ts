import { at, type JsonObject, listAt, stringAt } from "../core/json.ts";
import { parseQuantity } from "../model/quantity.ts";
import { formatResource } from "../model/resource.ts";
import { madeOf } from "../operator/operators.ts";
import type { Pair } from "./pairs.ts";
import type { RefusedUpdate } from "./updates.ts";

/** Volumes that would become smaller: no storage does that, and operators refuse it or go on as if nothing was said. */
export function shrunkVolumes(pairs: readonly Pair[]): RefusedUpdate[] {
  return pairs.flatMap(({ application, id, before, after }) => {
    if (before === undefined || after === undefined) return [];
    const sizes = sizesOf(before.object);
    return [...sizesOf(after.object)].flatMap(([claim, size]): RefusedUpdate[] => {
      const was = sizes.get(claim);
      if (was === undefined || !(parseQuantity(size)! < parseQuantity(was)!)) return [];
      const message = `${size} is less than the ${was} that the volume has: volumes only grow`;
      return [{ application: application.id, object: formatResource(id), field: claim, message }];
    });
  });
}

/** What each claim asks for, of an object or of what an operator makes of it. */
function sizesOf(object: JsonObject): Map<string, string> {
  const found = new Map<string, string>();
  for (const workload of madeOf(object) ?? [object]) {
    for (const claim of listAt(workload, "spec", "volumeClaimTemplates")) {
      const size = at(claim, "spec", "resources", "requests", "storage");
      if (typeof size === "string" && parseQuantity(size) !== undefined)
        found.set(stringAt(claim, "metadata", "name") ?? "", size);
    }
    const own =
      stringAt(workload, "kind") === "PersistentVolumeClaim"
        ? stringAt(workload, "spec", "resources", "requests", "storage")
        : undefined;
    if (own !== undefined) found.set("spec.resources.requests.storage", own);
  }
  return found;
}
