import { stringAt } from "../../core/json.ts";
import type { FleetObject } from "../../render/fleet.ts";
import type { Rule } from "../rule.ts";
import { subjects } from "../subjects.ts";

const annotation = "argocd.argoproj.io/sync-wave";

export const syncWave: Rule = {
  id: "sync-wave",
  severity: "error",
  holds:
    "Waves are whole numbers, and what others of one Application stand on is in an earlier wave, or in none later.",
  because: "A wave that waits for a later one waits for ever (FM-08).",
  *check(fleet) {
    for (const { application, id, object, hooks, at } of subjects(fleet)) {
      const text = stringAt(object, "metadata", "annotations", annotation) ?? "0";
      if (!/^-?\d+$/.test(text)) {
        yield { ...at, message: `has the wave ${JSON.stringify(text)}`, fix: "write a whole number in quotes" };
        continue;
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

function waveOf({ object }: FleetObject): number {
  return Number(stringAt(object, "metadata", "annotations", annotation) ?? "0");
}
