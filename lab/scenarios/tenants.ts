import { rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../../scripts/lib/core/errors.ts";
import { at, isObject, type JsonObject, stringAt } from "../../scripts/lib/core/json.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { newTenant } from "../../scripts/lib/tenant/new-tenant.ts";
import { grantFile, placementFile } from "../../scripts/lib/tenant/placement.ts";
import { applicationsPath } from "../compare-sync.ts";
import { application, get, refresh, type Scenario, seen, type Stage, stateOf, textOf, until } from "./stage.ts";

/** A tenant that only the lab has. */
const id = "umbrella";
const own = `tenant-${id}`;
const namespacePath = `/api/v1/namespaces/${own}`;
const settingsPath = `${namespacePath}/configmaps/settings`;
const applicationSetPath = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/tenants";
const projectPath = `/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/${own}`;

/** Its files, by new-tenant's own plan. */
async function files({ repository, cluster, residency }: Stage): Promise<Map<string, string>> {
  const fleet = await Repository.read(repository.root, { env: process.env, cache: false });
  const changes = newTenant(fleet, {
    id,
    clusters: [cluster],
    settings: { locale: "en", timezone: "UTC" },
    spec: {
      displayName: "Umbrella Ltd",
      owners: ["@murima2025/umbrella"],
      contacts: { technical: "it@umbrella.example" },
      plan: "starter",
      isolation: "schema",
      residency,
      ring: 1,
      recoveryPoint: "24h",
      hosts: ["umbrella.example"],
      limits: { agents: "5" },
      rateLimit: { requests: 600, unit: "Minute" },
      state: "active",
    },
  });
  return new Map(changes.map((change) => [change.path, change.content ?? ""]));
}

async function write({ repository }: Stage, changes: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, content] of changes) await Bun.write(path.join(repository.root, file), content);
}

const isSynced = async ({ api }: Stage, name: string) =>
  stringAt(await application(api, name), "status", "sync", "status") === "Synced";

async function bothHalves(stage: Stage): Promise<void> {
  const names = [own, `grant-${id}`];
  await until(
    "both halves",
    async () => (await Promise.all(names.map((name) => isSynced(stage, name)))).every(Boolean),
    async () => (await Promise.all(names.map((name) => stateOf(stage.api, name)))).join("; "),
  );
}

/** Commits an object into the tenant's half, and waits for a refusal that says why. Returns how to take it out again. */
async function attack(stage: Stage, what: string, object: JsonObject, reason: RegExp): Promise<() => Promise<void>> {
  const { api, repository, cluster } = stage;
  const folder = path.join(repository.root, path.dirname(placementFile(id, cluster)));
  const kustomization = path.join(folder, "kustomization.yaml");
  const before = await Bun.file(kustomization).text();
  await writeFile(path.join(folder, "attack.yaml"), JSON.stringify(object));
  await writeFile(kustomization, before.replace("resources:\n", "resources:\n  - ./attack.yaml\n"));
  await repository.commit(what);
  await until(`the refusal of ${what}`, async () => reason.test(textOf(await application(api, own))));
  return async () => {
    await rm(path.join(folder, "attack.yaml"));
    await writeFile(kustomization, before);
  };
}

/** An attack that is refused, and taken back. */
async function refused(stage: Stage, what: string, object: JsonObject, reason: RegExp): Promise<void> {
  const takeOut = await attack(stage, what, object, reason);
  await takeOut();
  await stage.repository.commit(`without ${what}`);
  await until(`the end of ${what}`, () => isSynced(stage, own));
}

const forAnotherNamespace: JsonObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "attack", namespace: "murima" },
};
const isNotPermitted = /namespace murima is not permitted in project/;

export const tenants: readonly Scenario[] = [
  {
    what: "a tenant's half without its grant waits; with the grant both are there",
    async play(stage) {
      const { api, repository, cluster } = stage;
      const all = await files(stage);
      const half = new Map([...all].filter(([file]) => file.startsWith("tenants/")));
      await write(stage, half);
      await repository.commit("a placement without a grant");
      // Argo CD makes no Application for a project that is not there, says so, and goes on with the others.
      await until("the wait", async () =>
        textOf(await get(api, applicationSetPath)).includes(`project ${own} which does not exist`),
      );
      if ((await get(api, namespacePath)) !== undefined) throw new ToolError("it has a namespace without a grant");
      await write(stage, all);
      await repository.commit("its grant");
      await until("its project", async () => (await get(api, projectPath)) !== undefined);
      await refresh(api, "tenants");
      await until("its settings", async () => (await get(api, settingsPath)) !== undefined);
      await bothHalves(stage);
      if (!(await Bun.file(path.join(repository.root, grantFile(id, cluster))).exists()))
        throw new ToolError("no grant");
    },
  },
  {
    what: "S-02: an Application in a tenant's half is refused by its project",
    play: (stage) =>
      refused(
        stage,
        "an Application of the tenant",
        {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "Application",
          metadata: { name: "attack", namespace: "argocd" },
          spec: { project: "platform", destination: { server: "https://kubernetes.default.svc", namespace: "murima" } },
        },
        /argoproj\.io:Application is not permitted in project/,
      ),
  },
  {
    what: "S-01: an object for another namespace is refused by its project",
    play: (stage) => refused(stage, "an object for murima", forAnotherNamespace, isNotPermitted),
  },
  {
    what: "S-03: rights are refused by the project, and by the account behind it if the project lets them through",
    async play(stage) {
      const binding: JsonObject = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "attack" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name: own, namespace: "deployers" }],
      };
      await refused(
        stage,
        "a RoleBinding of the tenant",
        binding,
        /authorization\.k8s\.io:RoleBinding is not permitted in project/,
      );
      // A project that allows too much: the grant is not asked again until it is put right.
      const file = path.join(stage.repository.root, "apps/tenant/grant/appproject.yaml");
      const before = await Bun.file(file).text();
      const kind = '    - group: ""\n      kind: ConfigMap\n';
      await writeFile(
        file,
        before.replace(kind, `${kind}    - group: rbac.authorization.k8s.io\n      kind: RoleBinding\n`),
      );
      await stage.repository.commit("a project that allows rights");
      await until("the project", async () => textOf(await get(stage.api, projectPath)).includes("RoleBinding"));
      await refused(
        stage,
        "a RoleBinding that the project allows",
        binding,
        /deployers:tenant-umbrella\\+" cannot (get|create|patch) resource \\+"rolebindings/,
      );
      await writeFile(file, before);
      await stage.repository.commit("the project as before");
      await until(
        "the project as before",
        async () => !textOf(await get(stage.api, projectPath)).includes("RoleBinding"),
      );
    },
  },
  {
    what: "an empty generator deletes no tenant",
    async play(stage) {
      const { api, repository, cluster } = stage;
      const all = await files(stage);
      const uid = stringAt(await get(api, namespacePath), "metadata", "uid");
      await rm(path.join(repository.root, path.dirname(grantFile(id, cluster))), { recursive: true, force: true });
      await rm(path.join(repository.root, `tenants/${id}`), { recursive: true, force: true });
      const commit = await repository.commit("no tenant any more");
      await seen(stage, commit);
      await Bun.sleep(15_000); // As long as Argo CD takes to delete an Application where it does.
      for (const name of [own, `grant-${id}`])
        if ((await application(api, name)) === undefined) throw new ToolError(`${name} was deleted`);
      if (stringAt(await get(api, namespacePath), "metadata", "uid") !== uid)
        throw new ToolError("the namespace was deleted");
      if ((await get(api, settingsPath)) === undefined) throw new ToolError("its settings were deleted");
      await write(stage, all);
      await repository.commit("the tenant again");
      await bothHalves(stage);
    },
  },
  {
    what: "a tenant that leaves with a commit that is refused for ever is reaped all the same",
    async play(stage) {
      const { api, repository, cluster, reap } = stage;
      const all = await files(stage);
      const folder = path.join(repository.root, path.dirname(placementFile(id, cluster)));
      await attack(stage, "an object that is refused for ever", forAnotherNamespace, isNotPermitted);
      await rm(folder, { recursive: true, force: true });
      await seen(stage, await repository.commit("a tenant's half less, while its sync is tried again"));
      if (!isObject(at(await application(api, own), "operation")))
        throw new ToolError("its sync has ended by itself: nothing keeps it from being deleted");
      const said = await reap(own);
      if (!said.includes("ended that sync")) throw new ToolError(`reap ended no sync: ${said}`);
      for (const [what, where] of Object.entries({ Application: `${applicationsPath}/${own}`, settings: settingsPath }))
        if ((await get(api, where)) !== undefined)
          throw new ToolError(`reap said removed, and there still is its ${what}`);
      await write(stage, all);
      await repository.commit("the tenant's half again");
      await bothHalves(stage);
    },
  },
  {
    what: "a grant that is reaped before its placement waits for it, and then goes",
    async play(stage) {
      const { api, repository, cluster, reap } = stage;
      await rm(path.join(repository.root, path.dirname(grantFile(id, cluster))), { recursive: true, force: true });
      await rm(path.join(repository.root, `tenants/${id}`), { recursive: true, force: true });
      const commit = await repository.commit("the tenant leaves");
      await seen(stage, commit);
      const orphans = await reap();
      for (const name of [own, `grant-${id}`])
        if (!orphans.includes(name)) throw new ToolError(`reap lists ${orphans}, not ${name}`);
      await reap(`grant-${id}`, "begin");
      const confirmed = {
        metadata: { annotations: { "argocd.argoproj.io/deletion-approved": new Date().toISOString() } },
      };
      await api.request("PATCH", `${applicationsPath}/grant-${id}`, confirmed, "application/merge-patch+json");
      await until(
        "the grant's deletion",
        async () => stringAt(await get(api, projectPath), "metadata", "deletionTimestamp") !== undefined,
      );
      await Bun.sleep(5_000); // It has begun; as long as it would take to go on.
      if ((await get(api, settingsPath)) === undefined)
        throw new ToolError("the tenant's settings went before its placement");
      if ((await application(api, own)) === undefined) throw new ToolError("the placement went with the grant");
      await reap(own);
      if ((await application(api, own)) !== undefined)
        throw new ToolError("reap said removed before the placement was gone");
      await until("the end of the grant", async () => (await application(api, `grant-${id}`)) === undefined);
      await until("the end of the namespace", async () => (await get(api, namespacePath)) === undefined);
    },
  },
];
