import { at, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { containerName } from "../pods.ts";
import { parseQuantity } from "../quantity.ts";
import { type Problem, type Problems, repeated } from "./problem.ts";

const sourcesOfValues = ["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"];
const probeHandlers = ["exec", "grpc", "httpGet", "tcpSocket"];
const hookHandlers = ["exec", "httpGet", "sleep", "tcpSocket"];

/** One container of a pod. */
export function* containerProblems(container: JsonObject, pod: JsonObject): Problems {
  const found = [
    ...ports(container),
    ...environment(container),
    ...probes(container),
    ...lifecycle(container, at(pod, "terminationGracePeriodSeconds") ?? 30),
    ...mounts(container),
    ...resources(container),
    ...rights(container),
    ...(listAt(pod, "initContainers").includes(container) ? runsOnce(container) : []),
  ];
  for (const { message, fix } of found) yield { message: `${containerName(container)} ${message}`, fix };
}

function* ports(container: JsonObject): Problems {
  for (const name of repeated(listAt(container, "ports").map((port) => stringAt(port, "name"))))
    yield { message: `has two ports named ${name}`, fix: "give one of them another name" };
}

function* environment(container: JsonObject): Problems {
  for (const variable of listAt(container, "env")) {
    const from = at(variable, "valueFrom");
    if (from === undefined) continue;
    const name = stringAt(variable, "name") ?? "";
    if ((stringAt(variable, "value") ?? "") !== "")
      yield { message: `sets ${name} by value and by valueFrom`, fix: "keep one of them" };
    yield* oneOf(`takes ${name} from`, from, sourcesOfValues);
  }
  for (const source of listAt(container, "envFrom"))
    yield* oneOf("has an envFrom of", source, ["configMapRef", "secretRef"]);
}

function* probes(container: JsonObject): Problems {
  for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = at(container, kind);
    if (probe === undefined) continue;
    yield* oneOf(`has a ${kind} by`, probe, probeHandlers);
    const successes = at(probe, "successThreshold") ?? 1;
    if (kind !== "readinessProbe" && successes !== 1)
      yield {
        message: `has a ${kind} with successThreshold ${JSON.stringify(successes)}`,
        fix: "remove it: only 1 is allowed",
      };
    const grace = at(probe, "terminationGracePeriodSeconds");
    if (kind === "readinessProbe" && grace !== undefined)
      yield { message: "has a readinessProbe with terminationGracePeriodSeconds", fix: "remove it" };
  }
}

function* lifecycle(container: JsonObject, grace: Json): Problems {
  for (const hook of ["postStart", "preStop"]) {
    const handler = at(container, "lifecycle", hook);
    if (handler === undefined) continue;
    yield* oneOf(`has a ${hook} by`, handler, hookHandlers);
    const seconds = at(handler, "sleep", "seconds");
    if (typeof seconds === "number" && typeof grace === "number" && (seconds < 0 || seconds > grace))
      yield {
        message: `has a ${hook} that sleeps ${seconds} s, and terminationGracePeriodSeconds is ${grace}`,
        fix: "raise terminationGracePeriodSeconds, or sleep less",
      };
  }
}

function* mounts(container: JsonObject): Problems {
  for (const mount of listAt(container, "volumeMounts")) {
    const sub = stringAt(mount, "subPath") ?? "";
    if (sub.startsWith("/") || sub.split("/").includes(".."))
      yield { message: `mounts the subPath ${sub}`, fix: "name a path inside the volume" };
    if (sub !== "" && stringAt(mount, "subPathExpr") !== undefined)
      yield { message: "mounts both subPath and subPathExpr", fix: "keep one of them" };
  }
}

function* resources(container: JsonObject): Problems {
  for (const kind of ["limits", "requests"])
    for (const [name, amount] of Object.entries(objectAt(container, "resources", kind)))
      if ((parseQuantity(amount) ?? 0) < 0)
        yield { message: `has ${JSON.stringify(amount)} of ${name} as resources.${kind}`, fix: "write 0 or more" };
}

function* rights(container: JsonObject): Problems {
  const own = objectAt(container, "securityContext");
  const gains = listAt(own, "capabilities", "add").includes("CAP_SYS_ADMIN");
  if (at(own, "allowPrivilegeEscalation") === false && (at(own, "privileged") === true || gains))
    yield { message: "is privileged with allowPrivilegeEscalation false", fix: "remove privileged and CAP_SYS_ADMIN" };
}

/** An init container ends before the others start, unless it is restarted beside them. */
function* runsOnce(container: JsonObject): Problems {
  if (stringAt(container, "restartPolicy") === "Always") return;
  for (const field of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"])
    if (at(container, field) !== undefined)
      yield { message: `is an init container with a ${field}`, fix: `remove it, or write restartPolicy: Always` };
}

/** Exactly one of some fields has to be there. */
function* oneOf(what: string, holder: Json, fields: readonly string[]): Iterable<Problem> {
  const found = fields.filter((field) => at(holder, field) !== undefined);
  if (found.length === 1) return;
  const how = found.length === 0 ? "nothing" : found.join(" and ");
  yield { message: `${what} ${how}`, fix: `use one of ${fields.join(", ")}` };
}
