/** What the API server refuses by apps/platform/policies, beside what our rules say of the same object. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { type JsonObject, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { validate } from "../scripts/lib/validate/validate.ts";
import { changedFleet } from "../tests/support/changed-fleet.ts";
import { checkout, cluster } from "../tests/support/fleet.ts";
import { sampleValidation } from "../tests/support/sample.ts";
import { installDefinitions } from "./admit.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { labProgram } from "./programs.ts";

const program = await labProgram(checkout, { ...process.env, XDG_CACHE_HOME: undefined }, "control").catch(
  () => undefined,
);

const deployer = "system:serviceaccount:deployers:platform";
const tenants = "system:serviceaccount:deployers:tenant-soylent";
const digest = `sha256:${"0".repeat(64)}`;
const registry = "registry.murima2025.com";

/** Where pods are asked about: no level of Pod Security refuses them before a policy does. */
const open = "open";

/** An object that one rule of ours is about: with the fault, or as its benign twin. */
interface Case {
  what: string;
  /** The rule that speaks of the fault; none where only the request, not the object, is at fault. */
  rule?: string;
  user?: string;
  object: JsonObject;
  refused: string | undefined;
}

const container = (more: JsonObject = {}) => ({ name: "c", image: `${registry}/c:v1@${digest}`, ...more });
const pod = (own: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "case", namespace: "murima" },
  spec: { containers: [own], ...more },
});
const configMap = (metadata: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "case", namespace: "tenant-soylent", ...metadata },
});
const service = (spec: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "case", namespace: "murima" },
  spec: { selector: { app: "case" }, ports: [{ port: 80 }], ...spec },
});
const sopsSecret = (metadata: JsonObject): JsonObject => ({
  apiVersion: "addons.projectcapsule.dev/v1alpha1",
  kind: "SopsSecret",
  metadata: { name: "case", namespace: "tenant-soylent", ...metadata },
  spec: { secrets: [] },
});
const asks = (host: string, probe = "livenessProbe", how = "httpGet"): JsonObject =>
  pod(container({ [probe]: { [how]: { port: 80, host } } }));
const hook = (key: string) => configMap({ annotations: { [key]: "PreSync" } });

const cases: Case[] = [
  {
    what: "another registry",
    rule: "image-registry",
    object: pod(container({ image: `docker.io/c:v1@${digest}` })),
    refused: "another registry",
  },
  {
    what: "a registry whose name begins alike",
    rule: "image-registry",
    object: pod(container({ image: `${registry}.evil.example/c@${digest}` })),
    refused: "another registry",
  },
  {
    what: "another registry of an init container",
    rule: "image-registry",
    object: pod(container(), { initContainers: [{ name: "i", image: `quay.io/i@${digest}` }] }),
    refused: "another registry",
  },
  {
    what: "a tag alone",
    rule: "image-digest",
    object: pod(container({ image: `${registry}/c:v1` })),
    refused: "without a digest",
  },
  {
    what: "a digest that is cut",
    rule: "image-digest",
    object: pod(container({ image: `${registry}/c@sha256:${"0".repeat(63)}` })),
    refused: "without a digest",
  },
  { what: "twin: registry and digest", rule: "image-registry", object: pod(container()), refused: undefined },
  {
    what: "a probe of the metadata service",
    rule: "pod-security",
    object: asks("169.254.169.254"),
    refused: "names a host",
  },
  {
    what: "a connection from the node",
    rule: "pod-security",
    object: asks("10.0.0.1", "startupProbe", "tcpSocket"),
    refused: "names a host",
  },
  {
    what: "a call when it starts",
    rule: "pod-security",
    object: pod(container({ lifecycle: { postStart: { httpGet: { port: 80, host: "evil.example" } } } })),
    refused: "names a host",
  },
  {
    what: "twin: a probe of itself",
    object: pod(container({ readinessProbe: { httpGet: { port: 80 } } })),
    refused: undefined,
  },
  {
    what: "a port of every node",
    rule: "service-exposure",
    object: service({ type: "NodePort" }),
    refused: "reachable from outside",
  },
  {
    what: "a load balancer",
    rule: "service-exposure",
    object: service({ type: "LoadBalancer" }),
    refused: "reachable from outside",
  },
  {
    what: "a name outside",
    rule: "service-exposure",
    object: { ...service({}), spec: { type: "ExternalName", externalName: "evil.example" } },
    refused: "reachable from outside",
  },
  {
    what: "an address outside",
    rule: "service-exposure",
    object: service({ externalIPs: ["203.0.113.1"] }),
    refused: "not the cluster's",
  },
  { what: "twin: for the cluster", object: service({ type: "ClusterIP" }), refused: undefined },
  { what: "a hook of Argo CD", user: tenants, object: hook("argocd.argoproj.io/hook"), refused: "is a hook" },
  { what: "a hook of Helm", user: tenants, object: hook("helm.sh/hook"), refused: "is a hook" },
  {
    what: "twin: a hook of the platform's chart",
    user: `${tenants}-services`,
    object: hook("argocd.argoproj.io/hook"),
    refused: undefined,
  },
  { what: "twin: an annotation of its own", user: tenants, object: hook("example.com/hook"), refused: undefined },
  {
    what: "another tenant's label",
    user: tenants,
    object: configMap({ labels: { "murima2025.com/tenant": "wonka" } }),
    refused: "another tenant's",
  },
  {
    what: "twin: its own label",
    user: tenants,
    object: configMap({ labels: { "murima2025.com/tenant": "soylent" } }),
    refused: undefined,
  },
  {
    what: "twin: the namespace of a tenant",
    object: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "tenant-wonka", labels: { "murima2025.com/tenant": "wonka" } },
    },
    refused: undefined,
  },
  { what: "twin: no label", user: tenants, object: configMap({}), refused: undefined },
  { what: "a SopsSecret by a person", user: "somebody", object: sopsSecret({}), refused: "not made by Argo CD" },
  {
    what: "a SopsSecret by a controller",
    user: "system:serviceaccount:murima:comm-hub",
    object: sopsSecret({}),
    refused: "not made by Argo CD",
  },
  {
    what: "the key of the cluster",
    user: tenants,
    object: sopsSecret({ labels: { "murima2025.com/key": "cluster" } }),
    refused: "key of the cluster",
  },
  {
    what: "twin: the key of the cluster in a namespace of the platform",
    object: sopsSecret({ namespace: "monitoring", labels: { "murima2025.com/key": "cluster" } }),
    refused: undefined,
  },
  {
    what: "twin: a SopsSecret out of Git",
    user: tenants,
    object: sopsSecret({ labels: { "murima2025.com/tenant": "soylent" } }),
    refused: undefined,
  },
];

/** As much of the definition as a policy needs. */
const definition: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "sopssecrets.addons.projectcapsule.dev" },
  spec: {
    group: "addons.projectcapsule.dev",
    scope: "Namespaced",
    names: { kind: "SopsSecret", plural: "sopssecrets", singular: "sopssecret" },
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

describe.skipIf(program === undefined)("policies of the API server (needs bun run lab build)", () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane(program!, { controllers: false });
    const { fleet } = await sampleValidation([cluster.sharedUs]);
    const objects = fleet.applications.flatMap((application) => application.objects);
    const of = (...kinds: string[]) => objects.filter(({ id }) => kinds.includes(id.kind)).map(({ object }) => object);
    await installDefinitions(plane.api, [definition]);
    for (const object of of("Namespace")) await plane.api.keep(object);
    await plane.api.keep({ apiVersion: "v1", kind: "Namespace", metadata: { name: open } });
    for (const name of ["murima", "tenant-soylent", open])
      await plane.api.keep({
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "default", namespace: name },
      });
    const policies = of("ValidatingAdmissionPolicy");
    expect(policies.length).toBeGreaterThan(0);
    for (const object of [...policies, ...of("ValidatingAdmissionPolicyBinding")]) await plane.api.keep(object);
    // The server takes policies up after a moment: each is asked for one refusal of its own.
    for (const own of cases.filter(({ refused }) => refused !== undefined))
      while ((await asked(own)).accepted) await Bun.sleep(50);
  }, 60_000);
  afterAll(() => plane.stop());

  async function asked({ user = deployer, object }: Case) {
    const metadata = objectAt(object, "metadata");
    const asked = object["kind"] === "Pod" ? { ...object, metadata: { ...metadata, namespace: open } } : object;
    return plane.api.as(user).apply(asked, { dryRun: true });
  }

  test.each(cases.map((own) => [own.what, own] as const))("%s", async (_, own) => {
    const { accepted, message } = await asked(own);
    expect([accepted, message]).toEqual(
      own.refused === undefined ? [true, expect.anything()] : [false, expect.stringContaining(own.refused)],
    );
  });

  test("each rule says the same of the same object", async () => {
    for (const { what, rule, object, refused } of cases) {
      if (rule === undefined) continue;
      const { findings } = await validate(
        await changedFleet([cluster.sharedUs], async (files) => {
          const folder = `clusters/${cluster.sharedUs}/platform/namespaces`;
          await files.manifest(`${folder}/case.yaml`, Bun.YAML.stringify(object, undefined, 2));
          await files.edit(`${folder}/kustomization.yaml`, "resources:\n", "resources:\n  - ./case.yaml\n");
        }),
      );
      const ofCase = findings.filter((finding) => finding.object?.endsWith(stringAt(object, "metadata", "name")!));
      expect([what, ofCase.some((finding) => finding.rule === rule)]).toEqual([what, refused !== undefined]);
    }
  });
});
