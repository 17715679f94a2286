/** What a difference does, as `diff` tells it of usual changes; and each reading of it by itself. */
import { describe, expect, test } from "bun:test";

import type { Edit } from "../../../tests/support/findings.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { commit, git } from "../../../tests/support/tenants.ts";
import { run as diff } from "../../diff.ts";
import type { JsonObject } from "../core/json.ts";
import { resourceId } from "../model/resource.ts";
import type { Application } from "../render/application.ts";
import { pairsOf } from "./pairs.ts";
import { removalsOf } from "./removals.ts";
import { replicaFalls, restartsOf } from "./restarts.ts";
import { growthOf } from "./rights.ts";
import { compareStructure } from "./structure.ts";
import { workloadPairs } from "./workloads.ts";

const auth = "apps/services/auth-service/values.yaml";
const facts = (name: string) => `clusters/${name}/facts/cluster.yaml`;

/** The report of an edit of two clusters, without what it says of the engine. */
async function told(edit: Edit, before?: Edit): Promise<string> {
  await using fleet = await sampleRepository([cluster.dev, cluster.staging]);
  git(fleet, "init", "--quiet");
  await before?.(fleet);
  commit(fleet);
  await edit(fleet);
  return (await runIn(fleet, diff, ["HEAD"])).stdout;
}

describe("of usual changes", () => {
  test("a value of ours is one line, wherever it goes: with its place, and with what starts anew", async () => {
    const text = await told((fleet) => fleet.edit(auth, "accessTokenExpiry: 15m", "accessTokenExpiry: 20m"));
    expect(text.split("\n").slice(2)).toEqual([
      expect.stringMatching(/^Restarts: \d+ pods of 1 workload$/),
      expect.stringMatching(/^ {2}Deployment auth-service in 2 clusters: \d+ pods, one after another$/),
      "",
      "Changes, by what causes them: 1",
      expect.stringMatching(
        /^ {2}config.jwt.accessTokenExpiry: 15m -> 20m, apps\/services\/auth-service\/values.yaml:\d+, in 2 Applications$/,
      ),
      "",
    ]);
  });

  test("a version beside a value: each is told once, and neither stands for the other", async () => {
    const text = await told(async (fleet) => {
      const image = `clusters/${cluster.dev}/services/auth-service/image.yaml`;
      await fleet.edit(image, /tag: .*/, "tag: v9.9.9");
      await fleet.edit(auth, "accessTokenExpiry: 15m", "accessTokenExpiry: 20m");
    });
    expect(text).toContain("Images: 1 ");
    expect(text).toContain("Changes, by what causes them: 1\n  config.jwt.accessTokenExpiry: 15m -> 20m");
    expect(text).not.toMatch(/Without effect|more than one cause/);
  });

  test("a store that becomes another cluster's is said to, whoever claims it now", async () => {
    const text = await told(async (fleet) => {
      const domain = /domain: (\S+internal\S+)/.exec(await fleet.read(facts(cluster.staging)))![1]!;
      await fleet.edit(facts(cluster.dev), /domain: \S+internal\S+/, `domain: ${domain}`);
    });
    expect(text).toMatch(
      new RegExp(`data.DB_HOST: \\S+ -> \\S+, which is of ${cluster.staging} \\(staging\\), in ${cluster.dev}/`),
    );
  });

  test("a host name that comes and one that goes", async () => {
    const text = await told((fleet) => fleet.edit(facts(cluster.dev), /domain: dev/, "domain: dev2"));
    const moves = text.slice(text.indexOf("Addresses that move"), text.indexOf("Changes, by what causes them"));
    expect(moves).toMatch(/spec.hostnames\[\]: \+ app\.dev2/);
    expect(moves).toMatch(/spec.hostnames\[\]: - app\.dev/);
    expect(moves).not.toContain("which is of");
    // What only has the new domain in the place of the old one is not told again, object by object.
    const causes = text.slice(text.indexOf("Changes, by what causes them"));
    expect(causes.split("\n").filter((line) => line.startsWith("  ")).length).toBe(1);
  });

  test("an autoscaler that is switched on takes pods until it acts", async () => {
    const values = "environments/dev/values.yaml";
    const text = await told(
      (fleet) => fleet.edit(values, "enabled: false", "enabled: true"),
      (fleet) => fleet.edit(values, "replicas: 1", "replicas: 4"),
    );
    expect(text).toMatch(/Deployment frontend in \S+: 4 pods, then 1 until the autoscaler acts \(\d+ to \d+\)/);
  });

  test("a value that a stronger layer hides is said to do nothing", async () => {
    const text = await told((fleet) => fleet.edit("apps/charts/service/values.yaml", /^replicas: .*$/m, "replicas: 7"));
    expect(text).toMatch(/Without effect: 1 value\n {2}replicas: \d+ -> 7, apps\/charts\/service\/values.yaml:\d+/);
  });

  test("of what can't be rendered nothing is said, but why, once", async () => {
    const text = await told((fleet) => fleet.edit("environments/dev/values.yaml", "env:", "env: {}\nenv:"));
    expect(text).toMatch(
      /Not compared: \d+\n {2}after: it reads environments\/dev\/values.yaml, which has errors: \S+, \S+/,
    );
    expect(text).not.toContain("Without effect");
  });

  test("a cluster whose facts can't be read comes and goes nowhere", async () => {
    const breaks: Edit = (fleet) => fleet.edit(facts(cluster.dev), "  environment:", "  environmen:");
    const mends: Edit = (fleet) => fleet.edit(facts(cluster.dev), "  environmen:", "  environment:");
    for (const [side, text] of [
      ["after", await told(breaks)],
      ["before", await told(mends, breaks)],
    ] as const) {
      expect(text).toContain(`${side}: its facts have errors: cluster ${cluster.dev}`);
      expect(text).not.toMatch(/Removed|Added|Rights that grow/);
    }
  });

  test("a namespace that goes takes data with it", async () => {
    const text = await told((fleet) =>
      fleet.edit("apps/platform/namespaces/kustomization.yaml", "  - ./monitoring\n", ""),
    );
    expect(text).toMatch(/Namespace monitoring in .*: goes with its data as soon as somebody confirms it in Argo CD/);
  });
});

describe("texts", () => {
  const rows = (before: string, after: string) => compareStructure({ data: { x: before } }, { data: { x: after } });

  test("documents are compared by what they hold, others by their lines", () => {
    expect(rows('{"a": {"b": 1, "c": [1]}}', '{"a":{"c":[1],"b":2}}')).toEqual([
      { path: "data.x.a.b", before: 1, after: 2 },
    ]);
    expect(rows("a:\n  b: 1\nc: 2\n", "c: 2\na:\n  b: 3\n")).toEqual([{ path: "data.x.a.b", before: 1, after: 3 }]);
    expect(rows("port=1\nhost=a\nuser=x\n", "port=1\nhost=b\nuser=x\n")).toEqual([
      { path: "data.x:2", before: "host=a", after: "host=b" },
    ]);
    expect(rows("one\ntwo\n", "one\n")).toEqual([{ path: "data.x:2", before: "two", after: undefined }]);
  });

  test("where only the layout differs, the lines are told", () => {
    expect(rows('{"a": 1}', '{\n"a": 1}')).toEqual([{ path: "data.x:1", before: '{"a": 1}', after: '{\n"a": 1}' }]);
  });

  test("what would take for ever to read is a value like any other", () => {
    const bomb = `a: &a [x, x]\nb: *a\n`;
    expect(rows(bomb, bomb.replace("x", "y"))).toEqual([
      { path: "data.x:1", before: "a: &a [x, x]", after: "a: &a [y, x]" },
    ]);
    const deep = (text: string) => `${"[{}, ".repeat(20_000)}${text}${"]".repeat(20_000)}`;
    expect(rows(deep("1"), deep("2"))).toHaveLength(1);
    const large = (letter: string) => `${letter}\n`.repeat(300_000);
    expect(rows(large("a"), large("b"))).toHaveLength(1);
  });

  test("quantities by their value", () => {
    const of = (cpu: string) => ({ resources: { requests: { cpu } }, version: cpu });
    expect(compareStructure(of("1"), of("1000m"))).toEqual([{ path: "version", before: "1", after: "1000m" }]);
    expect(compareStructure(of("1"), of("1001m"))).toHaveLength(2);
  });
});

const application = (...objects: JsonObject[]) =>
  ({
    cluster: "own",
    id: "own/service-x",
    objects: objects.map((object) => ({ object, id: resourceId(object), raw: object, hooks: [], file: undefined })),
  }) as unknown as Application;
const sides = (before: JsonObject[], after: JsonObject[]) => ({
  before: application(...before),
  after: application(...after),
});
const deployment = (spec: JsonObject): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "x", namespace: "n" },
  spec,
});
const autoscaler: JsonObject = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "x", namespace: "n" },
  spec: { scaleTargetRef: { kind: "Deployment", name: "x" }, minReplicas: 2, maxReplicas: 6 },
};

describe("pods", () => {
  const template = (image: string) => ({ spec: { containers: [{ name: "x", image }] } });

  test("a template that differs starts as many anew as run, in the way of the workload", () => {
    const recreate = { strategy: { type: "Recreate" } };
    const pair = sides(
      [deployment({ ...recreate, replicas: 3, template: template("a") })],
      [deployment({ ...recreate, replicas: 5, template: template("b") })],
    );
    expect(restartsOf(workloadPairs(pair))).toEqual([
      {
        kind: "Deployment",
        name: "x",
        update: "all at once",
        pods: 3,
        clusters: ["own"],
        applications: ["own/service-x"],
      },
    ]);
    expect(restartsOf(workloadPairs(sides([deployment({ replicas: 3 })], [deployment({ replicas: 5 })])))).toEqual([]);
  });

  test.each<
    [what: string, before: JsonObject[], after: JsonObject[], fall: [before: number, after: number] | undefined]
  >([
    ["fewer are stated", [deployment({ replicas: 3 })], [deployment({ replicas: 1 })], [3, 1]],
    ["more are stated", [deployment({ replicas: 1 })], [deployment({ replicas: 3 })], undefined],
    ["an autoscaler comes", [deployment({ replicas: 3 })], [deployment({}), autoscaler], [3, 1]],
    ["an autoscaler comes where one runs", [deployment({ replicas: 1 })], [deployment({}), autoscaler], undefined],
    ["an autoscaler goes", [deployment({}), autoscaler], [deployment({ replicas: 1 })], [2, 1]],
    ["an autoscaler goes, and more are stated", [deployment({}), autoscaler], [deployment({ replicas: 3 })], undefined],
    ["nothing is stated any more", [deployment({ replicas: 2 })], [deployment({})], [2, 1]],
  ])("%s", (_, before, after, fall) => {
    const [found] = replicaFalls(workloadPairs(sides(before, after)));
    expect(found === undefined ? undefined : [found.before, found.after]).toEqual(fall);
  });
});

describe("rights and removals", () => {
  const role = (verbs: string[]): JsonObject => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "x", namespace: "n" },
    rules: [{ apiGroups: ["", "apps"], resources: ["things"], verbs }],
  });

  test("what a role allows more is told, what it allows less is not", () => {
    expect(growthOf(pairsOf(sides([role(["get"])], [role(["get", "delete"])])))).toEqual([
      {
        rights: ["delete things", "delete things.apps"],
        objects: ["rbac.authorization.k8s.io/Role n/x"],
        applications: ["own/service-x"],
      },
    ]);
    expect(growthOf(pairsOf(sides([role(["get", "delete"])], [role(["get"])])))).toEqual([]);
    expect(growthOf(pairsOf(sides([], [role(["get"])])))).toHaveLength(1);
  });

  const claim = (options: string, size = "1Gi"): JsonObject => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "x", namespace: "n", annotations: { "argocd.argoproj.io/sync-options": options } },
    spec: { resources: { requests: { storage: size } } },
  });

  test.each([
    ["Prune=confirm,Delete=confirm", "goes with its data as soon as somebody confirms it in Argo CD"],
    ["Prune=false", "stays on the cluster, and nothing in Git describes it any more"],
    ["", "goes with its data"],
  ])("a volume with %p", (options, fate) => {
    expect(removalsOf(pairsOf(sides([claim(options)], []))).map((removal) => removal.fate)).toEqual([fate]);
  });

  test("what is replaced goes for a while", () => {
    const pair = sides([claim("Force=true,Replace=true")], [claim("Force=true,Replace=true", "2Gi")]);
    expect(removalsOf(pairsOf(pair)).map(({ fate }) => fate)).toEqual(["is deleted, and made anew"]);
    expect(removalsOf(pairsOf(sides([claim("")], [claim("", "2Gi")])))).toEqual([]);
  });
});
