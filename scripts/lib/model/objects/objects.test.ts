/** K5, K13, K-1, K-2, LAB-2, LAB-3: what an API server refuses, one line a fault, each with the twin that it takes. */
import { describe, expect, test } from "bun:test";

import { deployment, fleetOf, said } from "../../../../tests/support/rule.ts";
import { type Case, judgeEach, verdict } from "../../../../tests/support/verdict.ts";
import { renderedObjects } from "../../fleet/objects.ts";

const object = (apiVersion: string, kind: string, rest: string, name = "app") =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\n${rest}`;
const service = (ports: string, more = "") => object("v1", "Service", `spec: { ports: [${ports}]${more} }`);
const job = (text: string) =>
  object("batch/v1", "Job", `spec: { template: { spec: { ${text}, containers: [{ name: a, image: b }] } } }`);
const cron = (schedule: string, { name = "app", zone = "UTC" } = {}) =>
  object(
    "batch/v1",
    "CronJob",
    `spec: { schedule: "${schedule}", timeZone: ${zone}, jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: b }] } } } } }`,
    name,
  );
const scaler = (least: number, most: number) =>
  object(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    `spec: { minReplicas: ${least}, maxReplicas: ${most}, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: app } }`,
  );
const route = (rest: string) => object("gateway.networking.k8s.io/v1", "HTTPRoute", `spec: { rules: [{ ${rest} }] }`);

/** What is refused, what is said of it, and what is taken. */
const cases: Case[] = [
  ["a Deployment without spec", object("apps/v1", "Deployment", ""), /lacks spec/, deployment()],
  [
    "two Service ports without a name",
    service("{ port: 80 }, { port: 81 }"),
    /several ports, and one without a name/,
    service("{ port: 80 }"),
  ],
  [
    "a Service port twice",
    service("{ name: a, port: 80 }, { name: b, port: 80 }"),
    /port 80, protocol "TCP" twice/,
    service("{ name: a, port: 80 }, { name: b, port: 80, protocol: UDP }"),
  ],
  [
    "a Service without ports",
    object("v1", "Service", "spec: { selector: { a: b } }"),
    /has no ports/,
    object("v1", "Service", "spec: { clusterIP: None, selector: { a: b } }"),
  ],
  ["minReplicas over maxReplicas", scaler(12, 5), /minReplicas 12, more than maxReplicas 5/, scaler(5, 5)],
  [
    "a Job without restartPolicy",
    job("enableServiceLinks: false"),
    /without a restartPolicy/,
    job("restartPolicy: OnFailure"),
  ],
  [
    "a CronJob's name over 52",
    cron("1 2 * * *", { name: "a".repeat(53) }),
    /name of 53 characters/,
    cron("1 2 * * *", { name: "a".repeat(52) }),
  ],
  ["a schedule of four fields", cron("1 2 * *"), /it has 4 fields, not five/, cron("*/5 0-6,22 1 jan-mar MON")],
  ["a schedule of minute 60", cron("60 2 * * *"), /60 is not a minute/, cron("59 2 * * *")],
  ["a schedule of Sunday as 7", cron("1 2 * * 7"), /7 is not a day of the week/, cron("@daily")],
  [
    "a time zone",
    cron("1 2 * * *", { zone: "Europe/Londn" }),
    /time zone "Europe\/Londn"/,
    cron("1 2 * * *", { zone: "Europe/London" }),
  ],
  [
    "a key of a ConfigMap",
    object("v1", "ConfigMap", "data: { a/b: c }"),
    /data has the key "a\/b"/,
    object("v1", "ConfigMap", "data: { a.b-C_1: c }"),
  ],
  [
    "R14 a key of a ConfigMap with line breaks",
    object("v1", "ConfigMap", 'data: { "k\\n\\n## x": c }'),
    /data has the key/,
    object("v1", "ConfigMap", 'data: { k: "a\\nb" }'),
  ],
  [
    "a key in data and binaryData",
    object("v1", "ConfigMap", "data: { a: c }\nbinaryData: { a: Yg== }"),
    /key a in data and in binaryData/,
    object("v1", "ConfigMap", "data: { a: c }\nbinaryData: { b: Yg== }"),
  ],
  [
    "a ConfigMap over 1 MiB",
    object("v1", "ConfigMap", `data: { a: ${"x".repeat(1024 * 1024 + 1)} }`),
    /holds 1025 KiB/,
    object("v1", "ConfigMap", `data: { a: ${"x".repeat(1024 * 1024)} }`),
  ],
  [
    "a key of a selector",
    object(
      "networking.k8s.io/v1",
      "NetworkPolicy",
      "spec: { podSelector: { matchExpressions: [{ key: a/b/c, operator: Exists }] } }",
    ),
    /key is "a\/b\/c"/,
    object(
      "networking.k8s.io/v1",
      "NetworkPolicy",
      "spec: { podSelector: { matchExpressions: [{ key: a.example/c, operator: Exists }] } }",
    ),
  ],
  [
    "a value of a selector",
    object(
      "policy/v1",
      "PodDisruptionBudget",
      "spec: { selector: { matchExpressions: [{ key: a, operator: In, values: [b c] }] } }",
    ),
    /values\[0\] is "b c"/,
    object(
      "policy/v1",
      "PodDisruptionBudget",
      "spec: { selector: { matchExpressions: [{ key: a, operator: In, values: [b] }] } }",
    ),
  ],
  [
    "In without values",
    object("policy/v1", "PodDisruptionBudget", "spec: { selector: { matchExpressions: [{ key: a, operator: In }] } }"),
    /In without values/,
    object(
      "policy/v1",
      "PodDisruptionBudget",
      "spec: { selector: { matchExpressions: [{ key: a, operator: Exists }] } }",
    ),
  ],
  [
    "a budget of -1",
    object("policy/v1", "PodDisruptionBudget", "spec: { maxUnavailable: -1, selector: { matchLabels: { a: b } } }"),
    /maxUnavailable -1/,
    object("policy/v1", "PodDisruptionBudget", "spec: { maxUnavailable: 1, selector: { matchLabels: { a: b } } }"),
  ],
  [
    "a budget by both",
    object(
      "policy/v1",
      "PodDisruptionBudget",
      "spec: { maxUnavailable: 1, minAvailable: 1, selector: { matchLabels: { a: b } } }",
    ),
    /both minAvailable and maxUnavailable/,
    object("policy/v1", "PodDisruptionBudget", "spec: { minAvailable: 20%, selector: { matchLabels: { a: b } } }"),
  ],
  [
    "a quota of -1",
    object("v1", "ResourceQuota", "spec: { hard: { pods: -1 } }"),
    /allows -1 of pods/,
    object("v1", "ResourceQuota", "spec: { hard: { pods: 0 } }"),
  ],
  [
    "a claim without storage",
    object("v1", "PersistentVolumeClaim", "spec: { accessModes: [ReadWriteOnce] }"),
    /asks for no storage/,
    object(
      "v1",
      "PersistentVolumeClaim",
      "spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }",
    ),
  ],
  [
    "a roleRef of another group",
    object("rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef: { apiGroup: apps, kind: Role, name: a }"),
    /roleRef of the group apps/,
    object(
      "rbac.authorization.k8s.io/v1",
      "RoleBinding",
      "roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: a }",
    ),
  ],
  [
    "a quota of half a pod",
    object("v1", "ResourceQuota", "spec: { hard: { pods: 1.5 } }"),
    /allows 1\.5 of pods/,
    object("v1", "ResourceQuota", "spec: { hard: { requests.cpu: 1.5 } }"),
  ],
  [
    "a budget over 100%",
    object("policy/v1", "PodDisruptionBudget", "spec: { minAvailable: 150%, selector: { matchLabels: { a: b } } }"),
    /minAvailable "150%"/,
    object("policy/v1", "PodDisruptionBudget", "spec: { minAvailable: 100%, selector: { matchLabels: { a: b } } }"),
  ],
  [
    "text where base64 is meant",
    object("v1", "ConfigMap", "binaryData: { a: '??' }"),
    /binaryData\.a is "\?\?"/,
    object("v1", "ConfigMap", "binaryData: { a: Yg== }"),
  ],
  [
    "an account without its namespace",
    object(
      "rbac.authorization.k8s.io/v1",
      "ClusterRoleBinding",
      "roleRef: { kind: ClusterRole, name: a }\nsubjects: [{ kind: ServiceAccount, name: a }]",
    ),
    /account a without its namespace/,
    object(
      "rbac.authorization.k8s.io/v1",
      "RoleBinding",
      "roleRef: { kind: Role, name: a }\nsubjects: [{ kind: ServiceAccount, name: a }]",
    ),
  ],
];

/** A contract allows only what this repository sets: what it says of a route is not the question. */
const routes: Case[] = [
  [
    "a path with two slashes",
    route("matches: [{ path: { type: PathPrefix, value: /api//v1 } }]"),
    /which holds \/\//,
    route("matches: [{ path: { type: PathPrefix, value: /api/v1 } }]"),
  ],
  [
    "a filter twice",
    route("filters: [{ type: RequestHeaderModifier }, { type: RequestHeaderModifier }]"),
    /RequestHeaderModifier twice/,
    route("filters: [{ type: RequestHeaderModifier }]"),
  ],
  [
    "more than 128 matches",
    route(`matches: [${"{ path: { type: Exact, value: /a } },".repeat(129)}]`),
    /has 129 matches/,
    route(`matches: [${"{ path: { type: Exact, value: /a } },".repeat(64)}]`),
  ],
];

describe("K5: an object that an API server refuses is found, its twin is not", () => {
  judgeEach(cases);
  judgeEach(routes, (text) => said("object-validation", text));
});

describe("K-1: a field that is null is not there", () => {
  test("K-1: what upstream charts print", async () => {
    const nulls = deployment({
      meta: "creationTimestamp: null\nannotations:",
      spec: "strategy: null",
      pod: "nodeSelector: null\nvolumes:",
      container: "args: null\nresources:\nsecurityContext: null",
    });
    expect(await verdict(nulls)).toEqual([]);
    const [deployed] = renderedObjects(await fleetOf(nulls));
    expect(JSON.stringify(deployed!.object)).not.toContain("null");
  });

  test("K-1: a time of creation in a custom resource", async () => {
    const project = object("argoproj.io/v1alpha1", "AppProject", "");
    const without = await said("kubernetes-schema", project);
    const timed = project.replace("{ name: app }", "{ name: app, creationTimestamp: null }");
    expect(await said("kubernetes-schema", timed)).toEqual(without);
  });

  test("K-1: null where it is no way to say nothing", async () => {
    expect(await verdict(deployment({ meta: "labels: { a: null }" }))).toEqual([
      "metadata.labels.a is null, which is not a string",
    ]);
    expect(await verdict(deployment({ container: "args: [null]" }))).toEqual([
      "spec.template.spec.containers[0].args[0] is null, which is not a string",
    ]);
    expect(await verdict(deployment().replace("image: registry.example/app:v1", "image: null"))).toEqual([
      "spec.template.spec.containers[0] lacks image",
    ]);
  });
});

test("a list that is keyed in a list that is keyed, and a definition that holds itself", async () => {
  const definition = object(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    `spec: { group: example.com, scope: Namespaced, names: { kind: A, plural: as }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { a: { type: object, x-kubernetes-validations: [{ rule: x }, { rule: x }] } } } } }] }`,
    "as.example.com",
  );
  expect(await said("object-validation", definition)).toEqual([
    expect.stringMatching(/x-kubernetes-validations"?\]? holds rule "x" twice/),
  ]);
});
