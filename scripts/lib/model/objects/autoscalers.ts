import { at, type Json, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import type { Problems } from "./problem.ts";

/** Of a metric's type, the field that describes it. */
const sources: Readonly<Record<string, string>> = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
};

/** A HorizontalPodAutoscaler. */
export function* autoscaler(object: JsonObject): Problems {
  yield* bounds(object, "minReplicas", "maxReplicas");
  for (const metric of listAt(object, "spec", "metrics")) {
    const type = stringAt(metric, "type") ?? "";
    const source = sources[type];
    if (source !== undefined && at(metric, source) === undefined)
      yield { message: `has a metric of the type ${type} without ${source}`, fix: `add ${source}` };
    for (const other of Object.values(sources))
      if (other !== source && at(metric, other) !== undefined)
        yield { message: `has a metric of the type ${type} with ${other}`, fix: `remove ${other}, or correct type` };
  }
}

/** A ScaledObject, as KEDA's webhook judges it. */
export function* scaledObject(object: JsonObject): Problems {
  yield* bounds(object, "minReplicaCount", "maxReplicaCount");
  const triggers = listAt(object, "spec", "triggers");
  const isOfPods = (trigger: Json) => ["cpu", "memory"].includes(stringAt(trigger, "type") ?? "");
  const least = at(object, "spec", "minReplicaCount") ?? 0;
  if (least === 0 && triggers.length > 0 && triggers.every(isOfPods))
    yield {
      message: "has minReplicaCount 0 and triggers of CPU and memory alone, which tell nothing of no pods",
      fix: "set minReplicaCount to 1 or more, or add a trigger of another type",
    };
  const averages = triggers.filter((own) => !isOfPods(own) && (stringAt(own, "metricType") ?? average) === average);
  if (at(object, "spec", "fallback") !== undefined && averages.length === 0)
    yield {
      message: `has a fallback and no trigger of the metricType ${average} that it could stand for`,
      fix: `remove fallback, or give a trigger that is not cpu or memory the metricType ${average}`,
    };
}

/** What KEDA's triggers have unless they say otherwise: so much a copy. */
const average = "AverageValue";

function* bounds(object: JsonObject, lower: string, upper: string): Problems {
  const least = at(object, "spec", lower);
  const most = at(object, "spec", upper);
  if (typeof least === "number" && typeof most === "number" && least > most)
    yield { message: `has ${lower} ${least}, more than ${upper} ${most}`, fix: `raise ${upper} or lower ${lower}` };
}
