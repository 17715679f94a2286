import { stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { FleetObject } from "../../render/application.ts";
import type { Rule } from "../rule.ts";

const annotation = "argocd.argoproj.io/sync-wave";

/** Healthy only once something of another Application works: a gateway, an operator. */
const waits = new Set(["HTTPRoute", "SopsSecret"]);

export const syncWave: Rule = {
  id: "sync-wave",
  severity: "error",
  holds:
    "Waves are whole numbers; what others of one Application stand on is in none later, and what waits for another Application is in the last.",
  because:
    "A wave that waits for a later one waits for ever, and so does all behind a route without a gateway (FM-08).",
  *check(fleet) {
    for (const { application, id, object, hooks, at } of renderedObjects(fleet)) {
      const text = stringAt(object, "metadata", "annotations", annotation) ?? "0";
      if (!/^-?\d+$/.test(text)) {
        yield { ...at, message: `has the wave ${JSON.stringify(text)}`, fix: "write a whole number in quotes" };
        continue;
      }
      const last = waits.has(id.kind) ? lastWave(application.objects) : 0;
      if (waits.has(id.kind) && hooks.length === 0 && Number(text) < last) {
        const message = `is in wave ${text}, and wave ${last} waits until it is healthy, which others decide`;
        yield { ...at, message, fix: `give it the wave ${last} or a later one` };
      }
      const namespace = application.objects.find(
        (other) => other.id.kind === "Namespace" && other.id.name === id.namespace,
      );
      if (namespace === undefined || hooks.length > 0 || waveOf(namespace) <= Number(text)) continue;
      yield {
        ...at,
        message: `comes in wave ${text}, before its namespace in ${waveOf(namespace)}`,
        fix: "give the Namespace an earlier wave",
      };
    }
  },
};

function lastWave(objects: readonly FleetObject[]): number {
  return objects
    .filter(({ hooks }) => hooks.length === 0)
    .reduce((last, object) => Math.max(last, waveOf(object)), -Infinity);
}

function waveOf({ object }: FleetObject): number {
  return Number(stringAt(object, "metadata", "annotations", annotation) ?? "0");
}
