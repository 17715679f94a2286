/** K5, K13, LAB-3: what an API server refuses of pods, one line a fault, each with the twin that it takes. */
import { describe } from "bun:test";

import { deployment } from "../../../../tests/support/rule.ts";
import { type Case, judgeEach } from "../../../../tests/support/verdict.ts";

const pod = (text: string) => deployment({ pod: text });
const container = (text: string) => deployment({ container: text });
const spec = (text: string) => deployment({ spec: text });
const volume = (text: string) => pod(`volumes: [${text}]`);

const cases: Case[] = [
  [
    "a port name twice",
    container("startupProbe: {}")
      .replace("name: metrics", "name: http")
      .replace(/ +startupProbe.*/, ""),
    /two ports named http/,
    deployment(),
  ],
  [
    "a port number twice",
    deployment().replace("9090", "8080"),
    /containerPort 8080, protocol "TCP" twice/,
    deployment().replace("9090", "8080, protocol: UDP"),
  ],
  [
    "a variable twice",
    container("env: [{ name: A, value: b }, { name: A, value: c }]"),
    /env holds name "A" twice/,
    container("env: [{ name: A, value: b }, { name: B, value: c }]"),
  ],
  [
    "a mount twice at one path",
    pod("volumes: [{ name: a, emptyDir: {} }]").replace(
      "image: registry",
      "volumeMounts: [{ name: a, mountPath: /x }, { name: a, mountPath: /x }]\n          image: registry",
    ),
    /mountPath "\/x" twice/,
    pod("volumes: [{ name: a, emptyDir: {} }]").replace(
      "image: registry",
      "volumeMounts: [{ name: a, mountPath: /x }, { name: a, mountPath: /y }]\n          image: registry",
    ),
  ],
  [
    "topologySpreadConstraints twice",
    pod(
      "topologySpreadConstraints: [{ topologyKey: a, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway }, { topologyKey: a, maxSkew: 2, whenUnsatisfiable: ScheduleAnyway }]",
    ),
    /topologyKey "a", whenUnsatisfiable "ScheduleAnyway" twice/,
    pod(
      "topologySpreadConstraints: [{ topologyKey: a, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway }, { topologyKey: a, maxSkew: 2, whenUnsatisfiable: DoNotSchedule }]",
    ),
  ],
  [
    "a mount without volume",
    container("volumeMounts: [{ name: gone, mountPath: /x }]"),
    /mounts the volume gone, which the pod does not have/,
    pod("volumes: [{ name: gone, emptyDir: {} }]").replace(
      "image: registry",
      "volumeMounts: [{ name: gone, mountPath: /x }]\n          image: registry",
    ),
  ],
  [
    "a volume of two types",
    volume("{ name: t, emptyDir: {}, hostPath: { path: /x } }"),
    /volume t of the types emptyDir and hostPath/,
    volume("{ name: t, emptyDir: {} }"),
  ],
  [
    "an item outside of its volume",
    volume("{ name: t, configMap: { name: a, items: [{ key: b, path: ../c }] } }"),
    /volume t with an item at \.\.\/c/,
    volume("{ name: t }"),
  ],
  [
    "an operator of a toleration",
    pod("tolerations: [{ key: a, operator: In }]"),
    /operator is "In"/,
    pod("tolerations: [{ key: a }]"),
  ],
  ["an empty image", deployment().replace("image: registry.example/app:v1", 'image: ""'), /image is ""/, deployment()],
  [
    "liveness successThreshold 2",
    container("livenessProbe: { successThreshold: 2, httpGet: { port: http } }"),
    /livenessProbe with successThreshold 2/,
    container("readinessProbe: { successThreshold: 2, httpGet: { port: http } }"),
  ],
  [
    "a probe by two handlers",
    container("livenessProbe: { exec: { command: [a] }, httpGet: { port: http } }"),
    /livenessProbe by exec and httpGet/,
    container("livenessProbe: { httpGet: { port: http } }"),
  ],
  [
    "a probe by nothing",
    container("livenessProbe: { periodSeconds: 3 }"),
    /livenessProbe by nothing/,
    container("livenessProbe: { grpc: { port: 8080 } }"),
  ],
  [
    "value and valueFrom",
    container("env: [{ name: A, value: b, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]"),
    /sets A by value and by valueFrom/,
    container("env: [{ name: A, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]"),
  ],
  [
    "preStop longer than the grace period",
    container("lifecycle: { preStop: { sleep: { seconds: 31 } } }"),
    /sleeps 31 s, and terminationGracePeriodSeconds is 30/,
    container("lifecycle: { preStop: { sleep: { seconds: 30 } } }"),
  ],
  [
    "maxSurge 0 and maxUnavailable 0",
    spec("strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0% } }"),
    /no pod could ever be replaced/,
    spec("strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }"),
  ],
  [
    "Recreate with rollingUpdate",
    spec("strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }"),
    /rollingUpdate with the strategy Recreate/,
    spec("strategy: { type: Recreate }"),
  ],
  [
    "an init container named like a container",
    pod("initContainers: [{ name: app, image: a }]"),
    /two containers named app/,
    pod("initContainers: [{ name: init, image: a }]"),
  ],
  [
    "an init container with a probe",
    pod("initContainers: [{ name: init, image: a, readinessProbe: { exec: { command: [a] } } }]"),
    /is an init container with a readinessProbe/,
    pod(
      "initContainers: [{ name: init, image: a, restartPolicy: Always, readinessProbe: { exec: { command: [a] } } }]",
    ),
  ],
  [
    "defaultMode in decimal",
    volume("{ name: t, configMap: { name: a, defaultMode: 644 } }"),
    /defaultMode is 644/,
    volume("{ name: t, configMap: { name: a, defaultMode: 420 } }"),
  ],
  [
    "a port name over 15",
    deployment().replace("name: metrics", "name: n234567890123456"),
    /ports\[1\]\.name is "n234567890123456"/,
    deployment().replace("name: metrics", "name: n23456789012345"),
  ],
  [
    "a port name of digits",
    deployment().replace("name: metrics", 'name: "123456"'),
    /ports\[1\]\.name is "123456"/,
    deployment().replace("name: metrics", "name: a123456"),
  ],
  [
    "a container's name",
    deployment({ name: "app" }).replace("- name: app", "- name: C_x"),
    /containers\[0\]\.name is "C_x"/,
    deployment(),
  ],
  [
    "an empty selector",
    deployment().replace("selector: { matchLabels: { app: app } }", "selector: {}"),
    /empty selector/,
    deployment(),
  ],
  [
    "restartPolicy of a Deployment",
    pod("restartPolicy: OnFailure"),
    /restartPolicy OnFailure/,
    pod("restartPolicy: Always"),
  ],
  [
    "a key of an annotation",
    deployment({ meta: "annotations: { eks.amazonaws.com/role/arn: a }" }),
    /annotations has the key "eks\.amazonaws\.com\/role\/arn"/,
    deployment({ meta: "annotations: { eks.amazonaws.com/role-arn: a }" }),
  ],
  [
    "an annotation that is a number",
    deployment({ meta: "annotations: { a: 1 }" }),
    /annotations\.a is 1/,
    deployment({ meta: 'annotations: { a: "1" }' }),
  ],
  [
    "a toleration Exists with a value",
    pod("tolerations: [{ key: gpu, operator: Exists, value: x }]"),
    /Exists and a value/,
    pod("tolerations: [{ key: gpu, operator: Exists }]"),
  ],
  [
    "a toleration of no key",
    pod('tolerations: [{ key: "", operator: Equal }]'),
    /tolerates every taint with the operator Equal/,
    pod("tolerations: [{ operator: Exists }]"),
  ],
  [
    "a toleration of a key that is none",
    pod("tolerations: [{ key: a b, operator: Exists }]"),
    /whose key no taint can have/,
    pod("tolerations: [{ key: node.example/a, operator: Exists }]"),
  ],
];

describe("K5: a pod that an API server refuses is found, its twin is not", () => judgeEach(cases));
