import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../core/errors.ts";
import { type Json, type JsonObject, listAt, stringAt } from "../core/json.ts";
import type { Api } from "./api.ts";
import { applicationsPath, liveApplications } from "./compare-sync.ts";
import type { LabRepository } from "./repository.ts";

/** What a scenario works with: the cluster, the repository it pulls, and how long to wait for a change. */
export interface Stage {
  api: Api;
  repository: LabRepository;
  cluster: string;
  /** Whether Argo CD deletes Applications whose folder is gone. */
  deletes: boolean;
}

/** Something that happens to a fleet, and what the cluster has to make of it. Throws with what it saw otherwise. */
export interface Scenario {
  what: string;
  play: (stage: Stage) => Promise<void>;
}

const service = "notification-service";
const deploymentPath = `/apis/apps/v1/namespaces/murima/deployments/${service}`;
const patience = 90_000;

export const scenarios: readonly Scenario[] = [
  {
    what: "a new image reaches the Deployment",
    async play({ api, repository, cluster }) {
      const digest = `sha256:${"b".repeat(64)}`;
      await edit(repository, `clusters/${cluster}/services/${service}/image.yaml`, (text) =>
        text.replace(/digest: .*/, `digest: ${digest}`),
      );
      await repository.commit("a new image");
      await until("the new image", async () => imageOf(await get(api, deploymentPath))?.endsWith(digest) === true);
    },
  },
  {
    what: "a commit that renders nothing deletes nothing",
    async play({ api, repository }) {
      const before = await inventory(api);
      const template = "apps/charts/service/templates/deployment.yaml";
      const text = await edit(repository, template, (own) => own.replace("spec:", "spec: {{ nothing }}"));
      await repository.commit("a broken template");
      try {
        await until("the error", async () =>
          textOf(await application(api, `service-${service}`)).includes("ComparisonError"),
        );
        const after = await inventory(api);
        if (after !== before) throw new ToolError(`the cluster has changed:\n${before}\n${after}`);
      } finally {
        await writeFile(path.join(repository.root, template), text);
        await repository.commit("the template as before");
      }
      await until(
        "no error",
        async () => !textOf(await application(api, `service-${service}`)).includes("ComparisonError"),
      );
    },
  },
  {
    what: "a folder that is gone: pruned where the environment deletes, kept as an orphan where it does not",
    async play({ api, repository, cluster, deletes }) {
      const folder = path.join(repository.root, `clusters/${cluster}/services/${service}`);
      const files = await Promise.all(
        ["values.yaml", "image.yaml"].map(
          async (file) => [file, await readFile(path.join(folder, file), "utf8")] as const,
        ),
      );
      await rm(folder, { recursive: true });
      const commit = await repository.commit("a service less");
      // Every other Application says when the commit was seen.
      await until("the commit", async () => textOf(await application(api, "service-frontend")).includes(commit));
      if (deletes) await until("the end of it", async () => (await get(api, deploymentPath)) === undefined);
      else {
        await Bun.sleep(15_000); // As long as Argo CD took to delete it where it does.
        if ((await get(api, deploymentPath)) === undefined) throw new ToolError("it was deleted");
      }
      for (const [file, content] of files) await Bun.write(path.join(folder, file), content);
      await repository.commit("the service again");
      await until(
        "it again",
        async () => stringAt(await application(api, `service-${service}`), "status", "sync", "status") === "Synced",
      );
    },
  },
  {
    what: "what a person changes by hand is undone",
    async play({ api }) {
      const patch = { spec: { minReadySeconds: 77 } };
      await api.request("PATCH", deploymentPath, patch, "application/merge-patch+json");
      await until("our value", async () => textOf(await get(api, deploymentPath)).includes('"minReadySeconds":5'));
    },
  },
  {
    what: "an Application of the project default deploys nothing",
    async play({ api }) {
      const source = (await application(api, "service-frontend")) as JsonObject;
      const spec = structuredClone(source["spec"]) as JsonObject;
      const intruder = {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: "intruder", namespace: "argocd" },
        spec: { ...spec, project: "default" },
      };
      await api.request("POST", applicationsPath, intruder);
      await until("the refusal", async () => textOf(await application(api, "intruder")).includes("InvalidSpecError"));
      if (stringAt(await application(api, "intruder"), "status", "operationState", "phase") !== undefined)
        throw new ToolError("it was synced");
      await api.request("DELETE", `${applicationsPath}/intruder`);
    },
  },
];

async function edit({ root }: LabRepository, file: string, change: (text: string) => string): Promise<string> {
  const before = await readFile(path.join(root, file), "utf8");
  await writeFile(path.join(root, file), change(before));
  return before;
}

async function get(api: Api, at: string): Promise<Json | undefined> {
  const { status, body } = await api.request("GET", at);
  return status === 200 ? body : undefined;
}

const application = (api: Api, name: string) => get(api, `${applicationsPath}/${name}`);

function textOf(value: Json | undefined): string {
  return JSON.stringify(value ?? null);
}

function imageOf(deployment: Json | undefined): string | undefined {
  return stringAt(deployment, "spec", "template", "spec", "containers", 0, "image");
}

/** Names of what is there: Applications and Deployments. */
async function inventory(api: Api): Promise<string> {
  const deployments = listAt((await api.request("GET", "/apis/apps/v1/deployments")).body, "items");
  return [...(await liveApplications(api)), ...deployments]
    .map((object) => stringAt(object, "metadata", "uid") ?? "")
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(" ");
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > end) throw new ToolError(`${what} did not come within ${patience / 1000} s`);
    await Bun.sleep(250);
  }
}
