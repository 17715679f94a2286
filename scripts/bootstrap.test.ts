import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { installDefinitions } from "../lab/admit.ts";
import { type ControlPlane, startControlPlane } from "../lab/control-plane.ts";
import { definitionsFor } from "../lab/definitions.ts";
import { labProgram } from "../lab/programs.ts";
import { checkout } from "../tests/support/fleet.ts";
import { runIn, sampleRepository, type TestRepository } from "../tests/support/repository.ts";
import { run as bootstrap } from "./bootstrap.ts";
import { run as checklist } from "./checklist.ts";
import { at, type JsonObject, stringAt } from "./lib/core/json.ts";
import { loadFleet } from "./lib/fleet/load.ts";
/** Commands that touch a cluster, against the lab's real API server: bun run lab build. */
import { Repository } from "./lib/fleet/repository.ts";
import { newIdentity } from "./lib/secret/age-wrapping.ts";
import { run as reap } from "./reap.ts";

const program = await labProgram(checkout, { ...process.env, XDG_CACHE_HOME: undefined }, "control").catch(
  () => undefined,
);
const definitions = process.env["CRDS_DIR"] ?? "";
const cluster = ["--cluster", "dev-shared"];
const context = ["--context", "lab"];

test("bootstrap prints what a cluster needs, in order", async () => {
  await using fleet = await sampleRepository();
  const { code, stdout } = await runIn(fleet, bootstrap, cluster);
  const kinds = [...stdout.matchAll(/^kind: (.+)$/gm)].map(([, kind]) => kind!);
  expect([code, [...new Set(kinds)]]).toEqual([
    0,
    [
      "Namespace",
      "PriorityClass",
      "ServiceAccount",
      "ClusterRole",
      "ClusterRoleBinding",
      "AppProject",
      "ConfigMap",
      "Application",
    ],
  ]);
  expect(stdout).toContain("name: root\n");
});

test("a cluster that does not render is brought nowhere", async () => {
  await using fleet = await sampleRepository();
  await fleet.edit("apps/services/frontend/values.yaml", "cpu: 100m", "cpu: lots");
  const { code, stdout, stderr } = await runIn(fleet, bootstrap, cluster);
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining("dev-shared does not render")]);
});

describe.skipIf(program === undefined || !existsSync(definitions))(
  "on a real API server (needs bun run lab build, and CRDS_DIR)",
  () => {
    let plane: ControlPlane;
    let fleet: TestRepository;
    let env: Record<string, string>;

    beforeAll(async () => {
      fleet = await sampleRepository();
      plane = await startControlPlane(program!, { controllers: false });
      env = { KUBECONFIG: plane.kubeconfig };
      const { fleet: loaded } = await loadFleet(await Repository.read(fleet.root, { env: process.env }), {
        selection: { clusters: [], applications: ["root"] },
      });
      const found = await definitionsFor(loaded, { CRDS_DIR: definitions });
      await installDefinitions(plane.api, found.definitions);
    }, 180_000);
    afterAll(async () => {
      await plane.stop();
      await fleet[Symbol.asyncDispose]();
    });

    const exists = async (path: string) => (await plane.api.request("GET", path)).status === 200;
    const account = "/api/v1/namespaces/deployers/serviceaccounts/platform";
    /** No Argo CD runs on this server: there is nothing to wait for. */
    const applied = ["--apply", "--wait", "0"];

    test("without the cluster's private key, or with another's, nothing is touched", async () => {
      const none = await runIn(fleet, bootstrap, [...cluster, ...context, "--apply"], { ...env, SOPS_AGE_KEY: "" });
      expect([none.code, none.stderr]).toEqual([3, expect.stringContaining("no private key was given")]);
      const { identity } = await newIdentity();
      const other = await runIn(fleet, bootstrap, [...cluster, ...context, "--apply"], {
        ...env,
        SOPS_AGE_KEY: identity,
      });
      expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("is that of dev-shared")]);
      expect(await exists(account)).toBe(false);
    });

    test("without a fingerprint, or with another cluster's, nothing is touched", async () => {
      const none = await runIn(fleet, bootstrap, [...cluster, ...context, "--apply", "--keep-key"], env);
      const uid = stringAt((await plane.api.request("GET", "/api/v1/namespaces/kube-system")).body, "metadata", "uid")!;
      expect([none.code, none.stderr]).toEqual([2, expect.stringContaining(`that of context lab is ${uid}`)]);
      await fleet.edit(
        "clusters/dev-shared/facts/cluster.yaml",
        "  domain:",
        "  fingerprint: 00000000-0000-0000-0000-000000000000\n  domain:",
      );
      const other = await runIn(fleet, bootstrap, [...cluster, ...context, "--apply", "--keep-key"], env);
      expect([other.code, other.stderr]).toEqual([
        2,
        expect.stringContaining("context lab is another cluster than dev-shared"),
      ]);
      expect(await exists(account)).toBe(false);
      await fleet.edit("clusters/dev-shared/facts/cluster.yaml", "00000000-0000-0000-0000-000000000000", uid);
    });

    test("bootstrap applies every step, and may be repeated", async () => {
      for (let round = 0; round < 2; round++) {
        const own = { ...env, SOPS_AGE_KEY_FILE: `${fleet.root}/clusters/dev-shared/published.agekey` };
        const { code, stdout, stderr } = await runIn(fleet, bootstrap, [...cluster, ...context, ...applied], own);
        expect([code, stderr]).toEqual([
          0,
          expect.stringContaining(
            "namespaces\npriority classes\ndeployers and their rights\nprojects\nsettings of Argo CD\ncluster key\nroot\n",
          ),
        ]);
        expect(stdout).not.toContain("AGE-SECRET-KEY");
      }
      expect(await exists(account)).toBe(true);
      const { body } = await plane.api.request("GET", "/api/v1/namespaces/sops-operator/secrets/cluster-key");
      expect(Buffer.from(stringAt(body, "data", "age.agekey")!, "base64").toString()).toStartWith("AGE-SECRET-KEY-");
      const kept = await runIn(fleet, bootstrap, [...cluster, ...context, ...applied, "--keep-key"], env);
      expect([kept.code, kept.stderr]).toEqual([0, expect.not.stringContaining("cluster key")]);
      expect(await exists("/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/root")).toBe(true);
    });

    test("bootstrap waits for Argo CD: what is late is named with its reason, and nothing is once all is done", async () => {
      const path = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
      const { fleet: loaded } = await loadFleet(await Repository.read(fleet.root, { env: process.env }), {
        selection: { clusters: ["dev-shared"], applications: [] },
      });
      const names = loaded.applications.map(({ name }) => name);
      const { body } = await plane.api.request("GET", `${path}/root`);
      // What Argo CD would: it makes the others out of root, and writes what it sees.
      const say = async (name: string, status: JsonObject) => {
        const metadata = { name, namespace: "argocd" };
        const made = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata, spec: at(body, "spec")! };
        if (!(await exists(`${path}/${name}`))) await plane.api.request("POST", path, made);
        await plane.api.request("PATCH", `${path}/${name}`, { status }, "application/merge-patch+json");
      };
      const status = (sync: string, health: string) => ({ sync: { status: sync }, health: { status: health } });
      for (const name of names.slice(1)) await say(name, status("Synced", "Healthy"));
      const refused = {
        phase: "Failed",
        message: "no Deployment may be here",
        operation: {},
        startedAt: "2026-01-01T00:00:00Z",
      };
      await say(names[1]!, { ...status("OutOfSync", "Missing"), operationState: refused });
      const wait = [...cluster, ...context, "--apply", "--keep-key", "--wait"];
      const late = await runIn(fleet, bootstrap, [...wait, "0.0001"], env);
      expect([late.code, late.stderr]).toEqual([
        1,
        expect.stringContaining(`2 of ${names.length} Applications are not Synced and Healthy after 0.0001 minutes`),
      ]);
      expect(late.stdout).toMatch(new RegExp(`^${names[1]} +OutOfSync +Missing$`, "m"));
      expect(late.stdout).toContain(`${names[1]}: no Deployment may be here\n`);
      expect(late.stdout).toMatch(new RegExp(`^${names[0]} +Unknown +Unknown$|^${names[0]} +- +-$`, "m"));
      for (const name of names) await say(name, status("Synced", "Healthy"));
      const over = await runIn(fleet, bootstrap, [...wait, "1"], env);
      expect([over.code, over.stderr]).toEqual([
        0,
        expect.stringContaining(`${names.length} Applications are Synced and Healthy\n`),
      ]);
      // A cluster whose Applications are all well: what is left of the list is what its hosts say, and what a person has to see.
      const post = ["post", ...cluster, ...context, "--connect-to", "127.0.0.1:1"];
      const boxes = await runIn(fleet, checklist, post, env);
      expect([boxes.code, boxes.stdout]).toEqual([
        1,
        expect.stringMatching(/^\[x\] services {8}\d+ Applications are Synced/m),
      ]);
      for (const line of [
        /^\[ \] certificates .*ECONNREFUSED$/m,
        /^\[ \] first customer {2}none is placed/m,
        /^\[\?\] sign-on /m,
      ])
        expect(boxes.stdout).toMatch(line);
      await say(names[1]!, { ...status("OutOfSync", "Missing"), operationState: refused });
      const afterwards = await runIn(fleet, checklist, post, env);
      expect(afterwards.stdout).toContain(`${names[1]} is OutOfSync, Missing: no Deployment may be here`);
      for (const name of names.filter((name) => name !== "root")) await plane.api.request("DELETE", `${path}/${name}`);
    });

    test("reap lists what Git names no more, and removes it only by name and with evidence", async () => {
      const path = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
      const root = (await plane.api.request("GET", `${path}/root`)).body as JsonObject;
      const orphan = {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: "service-old", namespace: "argocd" },
        spec: root["spec"]!,
      };
      await plane.api.request("POST", path, orphan);
      const listed = await runIn(fleet, reap, [...cluster, ...context], env);
      expect([listed.code, listed.stdout]).toEqual([0, "service-old\n"]);
      const refused: [argv: string[], says: string][] = [
        [["--application", "service-old"], "--application and --evidence go together"],
        [["--application", "service-old", "--evidence", " "], "--evidence is empty"],
        [["--application", "root", "--evidence", "x"], "root is not an orphan"],
        [["--application", "service-odl", "--evidence", "x"], "did you mean service-old?"],
      ];
      for (const [argv, says] of refused) {
        const { code, stderr } = await runIn(fleet, reap, [...cluster, ...context, ...argv], env);
        expect([argv, code, stderr]).toEqual([argv, 2, expect.stringContaining(says)]);
        expect(await exists(`${path}/service-old`)).toBe(true);
      }
      const removed = await runIn(
        fleet,
        reap,
        [...cluster, ...context, "--application", "service-old", "--evidence", "nobody calls it"],
        env,
      );
      expect([removed.code, await exists(`${path}/service-old`)]).toEqual([0, false]);
    });

    test("reap ends a sync that keeps an Application, and says removed once it is gone", async () => {
      const path = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
      const [name, kept, left] = ["service-stuck", "kept", "taken-over"];
      const root = (await plane.api.request("GET", `${path}/root`)).body as JsonObject;
      const settings = (own: string, owner: string): JsonObject => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: own,
          namespace: "deployers",
          annotations: { "argocd.argoproj.io/tracking-id": `${owner}:/ConfigMap:deployers/${own}` },
        },
      });
      for (const object of [settings(kept, name), settings(left, "service-new")]) await plane.api.keep(object);
      const resource = { version: "v1", kind: "ConfigMap", namespace: "deployers" };
      const operation: JsonObject = { sync: { revision: "main" }, retry: { limit: -1 } };
      const unknown = { group: "example.com", version: "v1", kind: "Widget", namespace: "deployers", name: "gone" };
      await plane.api.request("POST", path, {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name, namespace: "argocd", finalizers: ["resources-finalizer.argocd.argoproj.io"] },
        spec: root["spec"]!,
        operation,
        status: {
          operationState: {
            phase: "Running",
            message: "one object is refused",
            operation,
            startedAt: "2026-05-04T10:00:00Z",
          },
          resources: [...[kept, left, "never-there"].map((own) => ({ ...resource, name: own })), unknown],
        },
      });
      const phase = async () =>
        stringAt((await plane.api.request("GET", `${path}/${name}`)).body, "status", "operationState", "phase");
      const argv = [...cluster, ...context, "--application", name, "--evidence", "it is refused for ever"];
      const first = await runIn(fleet, reap, [...argv, "--wait", "0"], env);
      expect([first.code, first.stderr]).toEqual([1, expect.stringContaining("one object is refused")]);
      expect(first.stderr).toContain(`ended that sync of ${name}`);
      expect(first.stderr).toContain(`${name} is not removed`);
      expect(await phase()).toBe("Terminating");
      const listed = await runIn(fleet, reap, [...cluster, ...context], env);
      expect(listed.stdout).toStartWith(`${name}: deleted at `);

      const change = (body: JsonObject) =>
        plane.api.request("PATCH", `${path}/${name}`, body, "application/merge-patch+json");
      await change({ status: { operationState: { phase: "Running" } } });
      const second = runIn(fleet, reap, argv, env);
      while ((await phase()) === "Running") await Bun.sleep(50);
      // What Argo CD does once the operation is over and the objects are gone.
      await change({ operation: null, metadata: { finalizers: [] } });
      const { code, stdout, stderr } = await second;
      expect([code, stderr]).toEqual([0, expect.stringContaining(`removed ${name} with 3 objects`)]);
      expect(stdout).toContain(`kept: ConfigMap deployers/${kept}\n`);
      expect(stdout).not.toContain(left);
    });
  },
);
