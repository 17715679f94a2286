import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../../scripts/lib/core/errors.ts";
import { type Json, listAt, objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import type { Api } from "../api.ts";
import { applicationsPath, liveApplications } from "../compare-sync.ts";
import type { LabRepository } from "../repository.ts";

/** What a scenario works with: the cluster, the repository it pulls, and how long to wait for a change. */
export interface Stage {
  api: Api;
  repository: LabRepository;
  cluster: string;
  /** Whether Argo CD deletes Applications whose folder is gone. */
  deletes: boolean;
  /** Where data of the cluster lies. */
  residency: "eu" | "us";
  /** A service that scenarios change; nobody's browser asks it, so nothing of it waits for a gateway. */
  service: string;
  /** Another one: its Application says which commit was seen. */
  witness: string;
  /**
   * bun run reap against the lab: lists orphans, or removes one and waits for that; `begin` leaves it waiting. Returns what it
   * printed.
   */
  reap: (application?: string, how?: "begin" | "remove") => Promise<string>;
}

/** Something that happens to a fleet, and what the cluster has to make of it. Throws with what it saw otherwise. */
export interface Scenario {
  what: string;
  play: (stage: Stage) => Promise<void>;
}

/** As long as anything may take: a commit is rendered anew for every Application of the cluster. */
const patience = 180_000;

export async function edit({ root }: LabRepository, file: string, change: (text: string) => string): Promise<string> {
  const before = await readFile(path.join(root, file), "utf8");
  await writeFile(path.join(root, file), change(before));
  return before;
}

export async function get(api: Api, at: string): Promise<Json | undefined> {
  const { status, body } = await api.request("GET", at);
  return status === 200 ? body : undefined;
}

export const application = (api: Api, name: string) => get(api, `${applicationsPath}/${name}`);

export function textOf(value: Json | undefined): string {
  return JSON.stringify(value ?? null);
}

export function imageOf(deployment: Json | undefined): string | undefined {
  return stringAt(deployment, "spec", "template", "spec", "containers", 0, "image");
}

/** After an error an ApplicationSet looks again in three minutes, unless it is told to, as a webhook would. */
export async function refresh(api: Api, name: string): Promise<void> {
  const told = { metadata: { annotations: { "argocd.argoproj.io/application-set-refresh": "true" } } };
  const target = `/apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/${name}`;
  await api.request("PATCH", target, told, "application/merge-patch+json");
}

/** Waits until the cluster has seen a commit. */
export async function seen({ api, witness }: Stage, commit: string): Promise<void> {
  await until("the commit", async () => textOf(await application(api, `service-${witness}`)).includes(commit));
}

/** Names of what is there: Applications and Deployments. */
export async function inventory(api: Api): Promise<string> {
  const deployments = listAt((await api.request("GET", "/apis/apps/v1/deployments")).body, "items");
  return [...(await liveApplications(api)), ...deployments]
    .map((object) => stringAt(object, "metadata", "uid") ?? "")
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(" ");
}

/** How an Application is, for who reads what did not come: its sync, its health, what waits and what was said. */
export async function stateOf(api: Api, name: string): Promise<string> {
  const status = objectAt(await application(api, name), "status");
  const waiting = listAt(status, "resources")
    .filter((resource) => {
      const health = stringAt(resource, "health", "status") ?? "Healthy";
      return stringAt(resource, "status") !== "Synced" || health !== "Healthy";
    })
    .map((resource) => {
      const health = [stringAt(resource, "health", "status"), stringAt(resource, "health", "message")];
      return [stringAt(resource, "kind"), stringAt(resource, "name"), stringAt(resource, "status"), ...health]
        .join(" ")
        .trim();
    });
  const said = stringAt(status, "operationState", "message") ?? "";
  return `${name}: ${stringAt(status, "sync", "status") ?? "not there"}, ${stringAt(status, "health", "status") ?? "no health"}; ${waiting.join(", ") || "nothing waits"}; ${said}`;
}

/** Waits for something; what `state` tells goes into the error if it does not come. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  state: () => Promise<string> = () => Promise.resolve(""),
): Promise<void> {
  const end = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > end)
      throw new ToolError(`${what} did not come within ${patience / 1000} s ${await state()}`.trim());
    await Bun.sleep(250);
  }
}
