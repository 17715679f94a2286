import { at, type Json, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { cronProblem } from "./cron.ts";
import type { Problem, Problems } from "./problem.ts";
import { isEmptySelector } from "./selectors.ts";
import { claim } from "./storage.ts";

/** A whole number, or a percentage that is written as one. */
export function isPercentOrCount(value: Json): boolean {
  return typeof value === "number" ? value >= 0 : typeof value === "string" && /^[0-9]+%$/.test(value);
}

/** A Deployment or a ReplicaSet. */
export function* deployment(object: JsonObject): Problems {
  yield* always(object);
  const strategy = at(object, "spec", "strategy");
  const rolling = at(strategy, "rollingUpdate");
  if (stringAt(strategy, "type") === "Recreate" && rolling !== undefined)
    yield { message: "has rollingUpdate with the strategy Recreate", fix: "remove rollingUpdate" };
  yield* counts(rolling, "strategy.rollingUpdate");
  if (isNone(at(rolling, "maxSurge")) && isNone(at(rolling, "maxUnavailable")))
    yield { message: "has maxSurge 0 and maxUnavailable 0: no pod could ever be replaced", fix: "raise one of them" };
  const ready = at(object, "spec", "minReadySeconds") ?? 0;
  const deadline = at(object, "spec", "progressDeadlineSeconds") ?? 600;
  if (typeof ready === "number" && typeof deadline === "number" && deadline <= ready)
    yield {
      message: `has progressDeadlineSeconds ${deadline}, not more than minReadySeconds ${ready}`,
      fix: "raise progressDeadlineSeconds",
    };
}

/** A StatefulSet. */
export function* statefulSet(object: JsonObject): Problems {
  yield* always(object);
  yield* counts(at(object, "spec", "updateStrategy", "rollingUpdate"), "updateStrategy.rollingUpdate");
  for (const template of listAt(object, "spec", "volumeClaimTemplates")) {
    const name = stringAt(template, "metadata", "name") ?? "without a name";
    for (const { message, fix } of claim(at(template, "spec") ?? {}))
      yield { message: `its volume claim ${name} ${message}`, fix };
  }
}

/** A DaemonSet. */
export function* daemonSet(object: JsonObject): Problems {
  yield* always(object);
  const rolling = at(object, "spec", "updateStrategy", "rollingUpdate");
  yield* counts(rolling, "updateStrategy.rollingUpdate");
  if (rolling === undefined) return;
  const [surge, unavailable] = [at(rolling, "maxSurge") ?? 0, at(rolling, "maxUnavailable") ?? 1];
  if (isNone(surge) === isNone(unavailable))
    yield { message: "needs either maxSurge or maxUnavailable, not both and not none", fix: "set one of them to 0" };
}

/** A Job. Its pods carry its name in a label. */
export function* job(object: JsonObject): Problems {
  const name = stringAt(object, "metadata", "name") ?? "";
  if (name.length > 63)
    yield { message: `has a name of ${name.length} characters`, fix: "use at most 63: its pods carry it in a label" };
  yield* jobSpec(at(object, "spec") ?? {});
}

/** A CronJob. The names of its Jobs are its own and eleven characters more. */
export function* cronJob(object: JsonObject): Problems {
  const name = stringAt(object, "metadata", "name") ?? "";
  if (name.length > 52)
    yield { message: `has a name of ${name.length} characters`, fix: "use at most 52: its Jobs add eleven" };
  const schedule = stringAt(object, "spec", "schedule") ?? "";
  const problem = cronProblem(schedule);
  if (problem !== undefined)
    yield {
      message: `has the schedule ${JSON.stringify(schedule)}: ${problem}`,
      fix: 'write five fields, such as "30 3 * * *"',
    };
  const zone = stringAt(object, "spec", "timeZone");
  if (zone !== undefined && !isTimeZone(zone))
    yield {
      message: `has the time zone ${JSON.stringify(zone)}, which is not known`,
      fix: "use a name such as Europe/London",
    };
  yield* jobSpec(at(object, "spec", "jobTemplate", "spec") ?? {});
}

function* jobSpec(spec: Json): Problems {
  const policy = stringAt(spec, "template", "spec", "restartPolicy");
  if (policy !== "Never" && policy !== "OnFailure")
    yield {
      message: policy === undefined ? "has pods without a restartPolicy" : `has pods with the restartPolicy ${policy}`,
      fix: "write restartPolicy Never or OnFailure: a Job ends",
    };
  if (stringAt(spec, "completionMode") === "Indexed" && at(spec, "completions") === undefined)
    yield { message: "is Indexed without completions", fix: "add completions" };
  if (at(spec, "selector") !== undefined && at(spec, "manualSelector") !== true)
    yield { message: "has a selector", fix: "remove it: Kubernetes makes one" };
}

/** What runs for ever: pods that are always restarted, and a selector that says which they are. */
function* always(object: JsonObject): Problems {
  const kind = stringAt(object, "kind") ?? "";
  const pod = at(object, "spec", "template", "spec");
  const policy = stringAt(pod, "restartPolicy") ?? "Always";
  if (policy !== "Always")
    yield {
      message: `has pods with the restartPolicy ${policy}`,
      fix: `remove it: a ${kind} always restarts its pods`,
    };
  if (at(pod, "activeDeadlineSeconds") !== undefined)
    yield { message: "has pods with activeDeadlineSeconds", fix: "remove it: only a Job may end" };
  if (listAt(pod, "ephemeralContainers").length > 0)
    yield { message: "has ephemeralContainers", fix: "remove them: they are for pods that run" };
  const isSaid = at(object, "spec", "selector") !== undefined;
  if (isSaid && isEmptySelector(at(object, "spec", "selector")))
    yield { message: "has an empty selector", fix: "name the labels of its pods" };
}

function* counts(rolling: Json | undefined, where: string): Iterable<Problem> {
  for (const field of ["maxSurge", "maxUnavailable"]) {
    const value = at(rolling, field);
    if (value === undefined) continue;
    const isTooMuch = field === "maxUnavailable" && typeof value === "string" && Number.parseInt(value, 10) > 100;
    if (!isPercentOrCount(value) || isTooMuch)
      yield {
        message: `has ${where}.${field} ${JSON.stringify(value)}`,
        fix: "write a whole number, or a percentage such as 25%",
      };
  }
}

function isNone(value: Json | undefined): boolean {
  return value === 0 || (typeof value === "string" && /^0+%$/.test(value));
}

function isTimeZone(name: string): boolean {
  if (name === "" || name.toLowerCase() === "local") return false;
  try {
    // It takes offsets and any case as well; the zones of Go are files, and their names exact.
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}
