import { at, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { fleetObjects } from "../../fleet/objects.ts";
import { containerName, containers } from "../../model/pods.ts";
import type { Rule } from "../rule.ts";

const volumeTypes = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** Pod Security Standards, profile restricted (kubernetes.io, concepts/security/pod-security-standards). */
export const podSecurity: Rule = {
  id: "pod-security",
  severity: "error",
  holds: "Every pod keeps to Pod Security restricted, those inside custom resources too.",
  because: "The API server refuses the pods of a closed namespace one by one, long after the change was merged (S-04).",
  *check(fleet) {
    for (const { at: where, pods } of fleetObjects(fleet)) {
      for (const { spec } of pods) {
        for (const [message, fix] of [
          ...podProblems(spec),
          ...containers(spec).flatMap((own) => containerProblems(own, spec)),
        ]) {
          yield { ...where, message, fix };
        }
      }
    }
  },
};

type Problem = [message: string, fix: string];

function podProblems(pod: JsonObject): Problem[] {
  const problems: Problem[] = [];
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
    if (at(pod, field) === true)
      problems.push([`shares the node's ${field.slice(4).toLowerCase()} (${field})`, `remove ${field}`]);
  }
  if (at(pod, "shareProcessNamespace") === true)
    problems.push(["lets its containers see each other's processes (shareProcessNamespace)", "remove it"]);
  for (const volume of listAt(pod, "volumes")) {
    const type = Object.keys(volume as JsonObject).find((key) => key !== "name") ?? "none";
    if (!volumeTypes.has(type))
      problems.push([`mounts a volume of the type ${type}`, `use one of ${[...volumeTypes].join(", ")}`]);
  }
  if (listAt(pod, "securityContext", "sysctls").length > 0) problems.push(["sets sysctls", "remove them"]);
  return problems;
}

function containerProblems(container: JsonObject, pod: JsonObject): Problem[] {
  const name = containerName(container);
  const own = objectAt(container, "securityContext");
  const shared = objectAt(pod, "securityContext");
  const problems: Problem[] = [];
  const want = (holds: boolean, message: string, fix: string) => {
    if (!holds) problems.push([`${name} ${message}`, fix]);
  };
  const effective = (field: string) => at(own, field) ?? at(shared, field);
  want(at(own, "privileged") !== true, "is privileged", "remove privileged");
  want(at(own, "allowPrivilegeEscalation") === false, "may gain rights", "set allowPrivilegeEscalation: false");
  want(effective("runAsNonRoot") === true, "may run as root", "set runAsNonRoot: true");
  want(effective("runAsUser") !== 0, "runs as user 0", "choose another user");
  want(stringsAt(own, "capabilities", "drop").includes("ALL"), "keeps capabilities", "drop ALL");
  const added = stringsAt(own, "capabilities", "add").filter((capability) => capability !== "NET_BIND_SERVICE");
  want(added.length === 0, `adds the capabilities ${added.join(", ")}`, "add none but NET_BIND_SERVICE");
  const seccomp = stringAt(own, "seccompProfile", "type") ?? stringAt(shared, "seccompProfile", "type");
  want(
    seccomp === "RuntimeDefault" || seccomp === "Localhost",
    "runs without a seccomp profile",
    "set seccompProfile RuntimeDefault",
  );
  want([undefined, "Default"].includes(stringAt(own, "procMount")), "unmasks /proc", "remove procMount");
  want(
    !listAt(container, "ports").some((port) => at(port, "hostPort") !== undefined),
    "takes a port of the node",
    "remove hostPort",
  );
  return problems;
}
