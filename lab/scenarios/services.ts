import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../../scripts/lib/core/errors.ts";
import { at, type JsonObject, stringAt } from "../../scripts/lib/core/json.ts";
import { heading } from "../../scripts/lib/repo/modeline.ts";
import { applicationsPath } from "../compare-sync.ts";
import {
  application,
  edit,
  get,
  imageOf,
  inventory,
  refresh,
  type Scenario,
  seen,
  type Stage,
  textOf,
  until,
} from "./stage.ts";

const deploymentOf = ({ service }: Stage) => `/apis/apps/v1/namespaces/murima/deployments/${service}`;
const approval = "argocd.argoproj.io/deletion-approved";

export const services: readonly Scenario[] = [
  {
    what: "a new image reaches the Deployment, and reverted the old one",
    async play(stage) {
      const { api, repository, cluster, service } = stage;
      const digest = `sha256:${"b".repeat(64)}`;
      const before = imageOf(await get(api, deploymentOf(stage)));
      await edit(repository, `clusters/${cluster}/services/${service}/image.yaml`, (text) =>
        text.replace(/digest: .*/, `digest: ${digest}`),
      );
      await repository.commit("a new image");
      await until("the new image", async () => imageOf(await get(api, deploymentOf(stage)))?.endsWith(digest) === true);
      await repository.revert();
      await until("the old image", async () => imageOf(await get(api, deploymentOf(stage))) === before);
    },
  },
  {
    what: "while Git is not there nothing changes; when it is back, its newest commit is taken",
    async play(stage) {
      const { api, repository, cluster, service } = stage;
      const before = await inventory(api);
      const gone = `${repository.bare}.gone`;
      const values = `clusters/${cluster}/services/${service}/values.yaml`;
      await writeFile(path.join(repository.root, values), `${heading(values)}env:\n  LAB: "1"\n`);
      const commit = await repository.commit("a variable");
      await rename(repository.bare, gone);
      await until("the error", async () =>
        textOf(await application(api, `service-${service}`)).includes("ComparisonError"),
      );
      if ((await inventory(api)) !== before) throw new ToolError("the cluster has changed");
      await rename(gone, repository.bare);
      for (const name of ["grants", "platform", "services", "tenants"]) await refresh(api, name);
      await until("the commit", async () => textOf(await application(api, `service-${service}`)).includes(commit));
      await until(
        "no error",
        async () => stringAt(await application(api, `service-${service}`), "status", "sync", "status") === "Synced",
      );
      await repository.revert();
    },
  },
  {
    what: "a commit that renders nothing deletes nothing",
    async play(stage) {
      const { api, repository, service } = stage;
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
    what: "a folder that is gone: pruned where the environment deletes, kept as an orphan where it does not, until it is reaped",
    async play(stage) {
      const { api, repository, cluster, deletes, reap, service } = stage;
      const folder = path.join(repository.root, `clusters/${cluster}/services/${service}`);
      const files = await Promise.all(
        (await readdir(folder)).map(async (file) => [file, await readFile(path.join(folder, file), "utf8")] as const),
      );
      await rm(folder, { recursive: true });
      const commit = await repository.commit("a service less");
      await seen(stage, commit);
      if (deletes) await until("the end of it", async () => (await get(api, deploymentOf(stage))) === undefined);
      else {
        await Bun.sleep(15_000); // As long as Argo CD took to delete it where it does.
        if ((await get(api, deploymentOf(stage))) === undefined) throw new ToolError("it was deleted");
        const orphans = await reap();
        if (!orphans.includes(`service-${service}`)) throw new ToolError(`reap lists ${orphans || "nothing"}`);
        await reap(`service-${service}`);
        await until("the end of the orphan", async () => (await get(api, deploymentOf(stage))) === undefined);
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
    async play(stage) {
      const { api } = stage;
      const value = async () => at(await get(api, deploymentOf(stage)), "spec", "minReadySeconds");
      const ours = await value();
      const patch = { spec: { minReadySeconds: 77 } };
      await api.request("PATCH", deploymentOf(stage), patch, "application/merge-patch+json");
      await until("our value", async () => (await value()) === ours);
    },
  },
  {
    what: "what a person confirmed stays confirmed when the ApplicationSet looks again",
    async play({ api, service }) {
      const target = `${applicationsPath}/service-${service}`;
      const confirm = (time: string | null) =>
        api.request(
          "PATCH",
          target,
          { metadata: { annotations: { [approval]: time } } },
          "application/merge-patch+json",
        );
      const time = new Date().toISOString();
      await confirm(time);
      await refresh(api, "services");
      // Its controller takes the wish away when it has looked.
      const set = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/services";
      await until("a look", async () => !textOf(await get(api, set)).includes("application-set-refresh"));
      await Bun.sleep(5_000);
      const kept = stringAt(await application(api, `service-${service}`), "metadata", "annotations", approval);
      await confirm(null);
      if (kept !== time) throw new ToolError(`the confirmation of ${time} is ${kept ?? "gone"}`);
    },
  },
  {
    what: "an Application of the project default deploys nothing",
    async play(stage) {
      const { api, witness } = stage;
      const source = (await application(api, `service-${witness}`)) as JsonObject;
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
