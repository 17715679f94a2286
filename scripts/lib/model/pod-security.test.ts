/** L-1, R10: what the admission of Pod Security refuses under restricted, and what it takes. */
import { describe, expect, test } from "bun:test";

import { deployment, said } from "../../../tests/support/rule.ts";

/** In order under restricted, with lines of a person's own. */
function restricted({ context = "", podContext = "", pod = "", container = "" } = {}): string {
  return deployment({
    pod: `securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }${podContext} }\n${pod}`,
    container: `securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }${context} }\n${container}`,
  });
}

const refused: [name: string, manifest: string, message: RegExp][] = [
  [
    "hostProcess of the pod",
    restricted({ podContext: ", windowsOptions: { hostProcess: true }" }),
    /the pod runs on the node itself/,
  ],
  [
    "hostProcess of a container",
    restricted({ context: ", windowsOptions: { hostProcess: true }" }),
    /app runs on the node itself/,
  ],
  [
    "an SELinux type",
    restricted({ podContext: ", seLinuxOptions: { type: spc_t }" }),
    /the pod has the SELinux type spc_t/,
  ],
  [
    "an SELinux user",
    restricted({ context: ", seLinuxOptions: { user: system_u }" }),
    /app has the SELinux user system_u/,
  ],
  [
    "an SELinux role",
    restricted({ context: ", seLinuxOptions: { role: system_r }" }),
    /app has the SELinux role system_r/,
  ],
  [
    "AppArmor Unconfined of the pod",
    restricted({ podContext: ", appArmorProfile: { type: Unconfined }" }),
    /the pod has the AppArmor profile Unconfined/,
  ],
  [
    "AppArmor Unconfined of a container",
    restricted({ context: ", appArmorProfile: { type: Unconfined }" }),
    /app has the AppArmor profile Unconfined/,
  ],
  [
    "AppArmor by annotation",
    restricted().replace(
      "labels: { app: app } }\n    spec",
      "labels: { app: app }, annotations: { container.apparmor.security.beta.kubernetes.io/app: unconfined } }\n    spec",
    ),
    /AppArmor profile unconfined/,
  ],
  [
    "a host in a probe",
    restricted({ container: "livenessProbe: { httpGet: { host: 127.0.0.1, port: http } }" }),
    /asks 127\.0\.0\.1 in its livenessProbe/,
  ],
  [
    "a host in a TCP probe",
    restricted({ container: "startupProbe: { tcpSocket: { host: 169.254.169.254, port: 80 } }" }),
    /asks 169\.254\.169\.254 in its startupProbe/,
  ],
  [
    "a host in a hook",
    restricted({ container: "lifecycle: { postStart: { httpGet: { host: 10.0.0.1, port: 80 } } }" }),
    /asks 10\.0\.0\.1 in its postStart/,
  ],
  [
    "runAsNonRoot false of the pod, true of every container",
    restricted({ context: ", runAsNonRoot: true" }).replace("runAsNonRoot: true", "runAsNonRoot: false"),
    /the pod may run as root/,
  ],
  [
    "runAsUser 0 of the pod, another of every container",
    restricted({ podContext: ", runAsUser: 0", context: ", runAsUser: 1000" }),
    /the pod runs as user 0/,
  ],
  [
    "seccomp Unconfined of the pod, another of every container",
    restricted({ context: ", seccompProfile: { type: RuntimeDefault }" }).replace("RuntimeDefault", "Unconfined"),
    /the pod has the seccomp profile Unconfined/,
  ],
  [
    "a hostPath behind an emptyDir in one volume",
    restricted({ pod: "volumes: [{ name: t, emptyDir: {}, hostPath: { path: /x } }]" }),
    /volume of the type hostPath/,
  ],
  [
    "a sysctl that is not safe",
    restricted({ podContext: ", sysctls: [{ name: kernel.msgmax, value: a }]" }),
    /the sysctl kernel\.msgmax/,
  ],
  [
    "a second network",
    restricted().replace(
      "labels: { app: app } }\n    spec",
      "labels: { app: app }, annotations: { k8s.v1.cni.cncf.io/networks: a } }\n    spec",
    ),
    /joins other networks/,
  ],
];

const taken: [name: string, manifest: string][] = [
  ["the least that is asked for", restricted()],
  ["a safe sysctl", restricted({ podContext: ', sysctls: [{ name: net.ipv4.tcp_syncookies, value: "1" }]' })],
  ["hostPort 0", restricted().replace("containerPort: 9090", "containerPort: 9090, hostPort: 0")],
  ["an image volume", restricted({ pod: "volumes: [{ name: t, image: { reference: a } }]" })],
  ["a probe without a host", restricted({ container: "livenessProbe: { httpGet: { port: http } }" })],
  [
    "AppArmor and SELinux of the kinds that are allowed",
    restricted({ podContext: ", seLinuxOptions: { type: container_t }, appArmorProfile: { type: RuntimeDefault }" }),
  ],
  [
    "every container for itself",
    restricted({ context: ", runAsNonRoot: true, seccompProfile: { type: Localhost }" }).replace(
      "{ runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }",
      "{}",
    ),
  ],
  ["root in a user namespace", restricted({ pod: "hostUsers: false" }).replace("runAsNonRoot: true", "runAsUser: 0")],
];

describe("L-1, R10: Pod Security restricted", () => {
  for (const [name, manifest, message] of refused)
    test(`L-1: ${name}`, async () => expect((await said("pod-security", manifest)).join("\n")).toMatch(message));
  for (const [name, manifest] of taken)
    test(`L-1: twin: ${name}`, async () => expect(await said("pod-security", manifest)).toEqual([]));
});

test("L-5: a quantity that is a number is one", async () => {
  const sized = (resources: string) => said("pod-resources", deployment({ container: `resources: ${resources}` }));
  expect(await sized("{ requests: { cpu: 1, memory: 1Gi }, limits: { memory: 1Gi } }")).toEqual([]);
  expect(await sized("{ requests: { cpu: 1 }, limits: { memory: 1Gi } }")).toEqual([
    "app lacks resources requests.memory",
  ]);
  expect(await sized("{ requests: { cpu: 2, memory: 1Gi }, limits: { cpu: 1, memory: 1Gi } }")).toEqual([
    "app asks for more cpu than its limit",
  ]);
});
