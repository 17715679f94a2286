import { at, isObject, type Json, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { volumeTypes } from "./objects/pods.ts";
import type { Problem } from "./objects/problem.ts";
import { containerName, containers } from "./pods.ts";

/** The label of a Namespace by which the API server refuses pods. */
export const enforceLabel = "pod-security.kubernetes.io/enforce";

/** Volumes of the profile restricted. */
const allowedVolumes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Sysctls that are namespaced to the pod and count as safe. */
const safeSysctls = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

const seLinuxTypes = new Set(["", "container_engine_t", "container_init_t", "container_kvm_t", "container_t"]);
/** Of Multus. */
const networks = "k8s.v1.cni.cncf.io/networks";
const appArmorAnnotation = /^container\.apparmor\.security\.beta\.kubernetes\.io\//;

/**
 * Why a pod is not of the Pod Security profile restricted, as the admission of Kubernetes 1.35 to 1.37 reads it (module
 * k8s.io/pod-security-admission, policy). Stricter than it are: shareProcessNamespace, nodeName and networks of Multus, which
 * it does not look at, and pods of Windows, which it asks for less.
 */
export function podSecurityProblems(pod: JsonObject, annotations: JsonObject): Problem[] {
  return [
    ...ofPod(pod, annotations),
    ...securityContext("the pod", objectAt(pod, "securityContext"), isOwnUsers(pod)),
    ...containers(pod).flatMap((container) => [
      ...ofContainer(container, pod),
      ...securityContext(containerName(container), objectAt(container, "securityContext"), isOwnUsers(pod)),
    ]),
  ];
}

function* ofPod(pod: JsonObject, annotations: JsonObject): Iterable<Problem> {
  for (const field of ["hostNetwork", "hostPID", "hostIPC"])
    if (at(pod, field) === true)
      yield { message: `shares the node's ${field.slice(4).toLowerCase()} (${field})`, fix: `remove ${field}` };
  for (const volume of listAt(pod, "volumes")) {
    const types = volumeTypes(volume).filter((type) => !allowedVolumes.includes(type));
    for (const type of types)
      yield { message: `mounts a volume of the type ${type}`, fix: `use one of ${allowedVolumes.join(", ")}` };
  }
  const sysctls = listAt(pod, "securityContext", "sysctls").map((sysctl) => stringAt(sysctl, "name") ?? "");
  for (const name of sysctls)
    if (!safeSysctls.has(name)) yield { message: `sets the sysctl ${name}`, fix: "remove it: it is not a safe one" };
  for (const [key, value] of Object.entries(annotations))
    if (appArmorAnnotation.test(key) && typeof value === "string" && !/^($|runtime\/default$|localhost\/)/.test(value))
      yield { message: `has the AppArmor profile ${value} (${key})`, fix: "remove the annotation" };
  if (at(pod, "shareProcessNamespace") === true)
    yield { message: "lets its containers see each other's processes (shareProcessNamespace)", fix: "remove it" };
  if (at(pod, "nodeName") !== undefined)
    yield { message: "chooses its node past the scheduler (nodeName)", fix: "use a nodeSelector" };
  if (annotations[networks] !== undefined)
    yield {
      message: `joins other networks, which no NetworkPolicy covers (${networks})`,
      fix: "remove the annotation",
    };
}

/** What a pod and each of its containers may say of themselves, whatever the other says. */
function* securityContext(who: string, own: JsonObject, ownUsers: boolean): Iterable<Problem> {
  if (at(own, "windowsOptions", "hostProcess") === true)
    yield { message: `${who} runs on the node itself (windowsOptions.hostProcess)`, fix: "remove hostProcess" };
  if (at(own, "runAsNonRoot") === false && !ownUsers)
    yield { message: `${who} may run as root (runAsNonRoot false)`, fix: "set runAsNonRoot: true" };
  if (at(own, "runAsUser") === 0 && !ownUsers) yield { message: `${who} runs as user 0`, fix: "choose another user" };
  const seccomp = stringAt(own, "seccompProfile", "type");
  if (seccomp !== undefined && !isProfile(seccomp))
    yield { message: `${who} has the seccomp profile ${seccomp}`, fix: "set seccompProfile RuntimeDefault" };
  const appArmor = stringAt(own, "appArmorProfile", "type");
  if (appArmor !== undefined && !isProfile(appArmor))
    yield {
      message: `${who} has the AppArmor profile ${appArmor}`,
      fix: "set appArmorProfile RuntimeDefault, or remove it",
    };
  const type = stringAt(own, "seLinuxOptions", "type") ?? "";
  if (!seLinuxTypes.has(type))
    yield { message: `${who} has the SELinux type ${type}`, fix: "remove seLinuxOptions.type" };
  for (const field of ["user", "role"]) {
    const value = stringAt(own, "seLinuxOptions", field) ?? "";
    if (value !== "")
      yield { message: `${who} has the SELinux ${field} ${value}`, fix: `remove seLinuxOptions.${field}` };
  }
}

/** Whether root in the pod is nobody on the node: then who it runs as is its own matter. */
function isOwnUsers(pod: JsonObject): boolean {
  return at(pod, "hostUsers") === false;
}

function isProfile(type: string): boolean {
  return type === "RuntimeDefault" || type === "Localhost";
}

function* ofContainer(container: JsonObject, pod: JsonObject): Iterable<Problem> {
  const name = containerName(container);
  const own = objectAt(container, "securityContext");
  const shared = objectAt(pod, "securityContext");
  const found: Problem[] = [];
  const want = (holds: boolean, message: string, fix: string) => {
    if (!holds) found.push({ message: `${name} ${message}`, fix });
  };
  want(at(own, "privileged") !== true, "is privileged", "remove privileged");
  want(at(own, "allowPrivilegeEscalation") === false, "may gain rights", "set allowPrivilegeEscalation: false");
  // False at either place is said by itself.
  const nonRoot = at(own, "runAsNonRoot") ?? at(shared, "runAsNonRoot");
  want(nonRoot !== undefined || isOwnUsers(pod), "may run as root", "set runAsNonRoot: true");
  want(stringsAt(own, "capabilities", "drop").includes("ALL"), "keeps capabilities", "drop ALL");
  const added = stringsAt(own, "capabilities", "add").filter((capability) => capability !== "NET_BIND_SERVICE");
  want(added.length === 0, `adds the capabilities ${added.join(", ")}`, "add none but NET_BIND_SERVICE");
  const seccomp = stringAt(own, "seccompProfile", "type") ?? stringAt(shared, "seccompProfile", "type");
  want(seccomp !== undefined, "runs without a seccomp profile", "set seccompProfile RuntimeDefault");
  want([undefined, "", "Default"].includes(stringAt(own, "procMount")), "unmasks /proc", "remove procMount");
  const ports = listAt(container, "ports").map((port) => at(port, "hostPort") ?? 0);
  want(!ports.some((port) => port !== 0), "takes a port of the node", "remove hostPort");
  for (const [where, host] of hosts(container))
    want(host === "", `asks ${host} in its ${where}: the kubelet would, from the node`, "remove host");
  yield* found;
}

/** Hosts that probes and hooks name, by where: not the pod itself, but what the node can reach. */
function hosts(container: JsonObject): [where: string, host: string][] {
  const handlers: [string, Json | undefined][] = [
    ...["livenessProbe", "readinessProbe", "startupProbe"].map((probe): [string, Json | undefined] => [
      probe,
      at(container, probe),
    ]),
    ...["postStart", "preStop"].map((hook): [string, Json | undefined] => [hook, at(container, "lifecycle", hook)]),
  ];
  return handlers.flatMap(([where, handler]) =>
    ["httpGet", "tcpSocket"].flatMap((field): [string, string][] => {
      const host = isObject(handler) ? stringAt(handler, field, "host") : undefined;
      return host === undefined ? [] : [[where, host]];
    }),
  );
}
