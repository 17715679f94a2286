import { at, type JsonObject, listAt, stringAt } from "../../core/json.ts";
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
  const least = at(object, "spec", "minReplicas") ?? 1;
  const most = at(object, "spec", "maxReplicas");
  if (typeof least === "number" && typeof most === "number" && least > most)
    yield {
      message: `has minReplicas ${least}, more than maxReplicas ${most}`,
      fix: "raise maxReplicas or lower minReplicas",
    };
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
