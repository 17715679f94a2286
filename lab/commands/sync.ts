import path from "node:path";

import { awaitedApplications } from "../../scripts/lib/cluster/awaited.ts";
import { bootstrapSteps } from "../../scripts/lib/cluster/bootstrap.ts";
import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { type ExitCode, exitCode, ToolError, UsageError } from "../../scripts/lib/core/errors.ts";
import { sortFindings } from "../../scripts/lib/core/finding.ts";
import { stringAt } from "../../scripts/lib/core/json.ts";
import type { Fleet } from "../../scripts/lib/fleet/fleet.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { readTree } from "../../scripts/lib/io/files.ts";
import { findTools } from "../../scripts/lib/io/tools.ts";
import { addonOf } from "../../scripts/lib/render/source-file.ts";
import { clusterFacts, publishedKeyFile } from "../../scripts/lib/repo/layout.ts";
import { findingsText } from "../../scripts/lib/report/validation.ts";
import { run as runReap } from "../../scripts/reap.ts";
import { installDefinitions } from "../admit.ts";
import type { Api } from "../api.ts";
import { startArgoCd } from "../argocd.ts";
import {
  compareApplications,
  compareLive,
  compareManifests,
  liveApplications,
  renderedManifests,
} from "../compare-sync.ts";
import { type ControlPlane, startControlPlane } from "../control-plane.ts";
import { definitionsFor } from "../definitions.ts";
import { startNetwork } from "../network.ts";
import { startNodes } from "../nodes.ts";
import { startOperator } from "../operator.ts";
import { labProgram } from "../programs.ts";
import { startReadiness } from "../readiness.ts";
import { registryCredentials, startRegistry } from "../registry.ts";
import { type LabRepository, labRepository } from "../repository.ts";
import { scenarios } from "../scenarios.ts";
import { actorsOf } from "../scenarios/actors.ts";
import { startStandIn } from "../stand-in.ts";

/** How long a cold start may take, in milliseconds: minutes where two cores have other work too. */
const patience = 900_000;

/** Lets a real Argo CD reconcile one cluster of the fleet, compares what it makes of it with our own, and plays scenarios. */
export async function labSync(io: CommandIo, cluster: string): Promise<ExitCode> {
  const program = (name: Parameters<typeof labProgram>[2]) => labProgram(io.cwd, io.env, name);
  const [control, argocd, kwok, tools] = await Promise.all([
    program("control"),
    program("argocd"),
    program("kwok"),
    findTools(io.env),
  ]);
  const { tree } = await readTree(io.cwd);
  const plane = await startControlPlane(control, { controllers: true });
  const differences: string[] = [];
  const ends: (() => Promise<void>)[] = [];
  const say = (text: string) => io.stdout.write(`${text}\n`);
  const compare = (what: string, found: readonly string[]) => {
    say(
      `${found.length === 0 ? "same" : "DIFFERENT"}: ${what}${found.map((difference) => `\n  ${difference}`).join("")}`,
    );
    differences.push(...found);
  };
  try {
    const own = await Repository.read(io.cwd, { env: io.env });
    const registry = await startRegistry(own, io.env, cluster);
    if (registry === undefined)
      say("addons are left out: their archives are not on this machine (bun run charts pull)");
    else ends.push(registry.stop);
    const repository = await labRepository(tree, plane.folder, registry?.host);
    const selection = { clusters: [cluster], applications: [] };
    const { fleet, findings } = await loadFleet(await Repository.read(repository.root, { env: io.env }), { selection });
    const errors = findings.filter(({ severity }) => severity === "error");
    if (errors.length > 0)
      throw new UsageError(
        `${cluster} does not render as the lab has it, so Argo CD could not sync it: mend this first\n${findingsText(sortFindings(errors), false)}`,
      );
    const { api } = plane;
    const { definitions, missing } = await definitionsFor(fleet, io.env);
    if (missing.length > 0)
      throw new UsageError(
        `there is no definition of ${missing.join(", ")}: Argo CD could not sync; CRDS_DIR can name a folder that has it`,
      );
    await installDefinitions(api, definitions);
    await startNodes(kwok, plane);
    const objects = fleet.applications.flatMap((application) => application.objects.map(({ object }) => object));
    const standIn = await startStandIn(plane.folder, objects);
    ends.push(standIn.stop, startReadiness(api, objects, say).stop);
    const endNetwork = await startNetwork(plane, [], standIn.port);
    ends.push(() => Promise.resolve(endNetwork()));
    const published = publishedKeyFile(cluster);
    const identity = tree.has(published) ? /^AGE-SECRET-KEY-\S+/m.exec(tree.text(published))![0] : undefined;
    const { document: facts } = fleet.documents.clusters.get(cluster)!;
    const [namespaces, ...steps] = bootstrapSteps(fleet.applications, facts, identity);
    for (const object of namespaces!.objects) await api.keep(object);
    const operator = startOperator(api, identity === undefined ? [] : [identity]);
    ends.push(operator.stop);
    const { redis } = await startArgoCd(argocd, plane, tools);
    if (registry !== undefined) await api.keep(registryCredentials(registry.host));
    const started = performance.now();
    for (const { objects } of steps) for (const object of objects) await api.keep(object);
    const expected = fleet.applications;
    await settled(
      api,
      expected.map(({ name }) => name),
      io,
    );
    say(`${expected.length} Applications of ${cluster} are Synced ${seconds(started)} s after bootstrap`);

    if (registry !== undefined)
      say(`${registry.pulled.size} charts and definitions, pulled by digest from a registry of the lab`);
    const live = await liveApplications(api);
    compare(
      `${live.length} Applications, generated by Argo CD and expanded by us`,
      compareApplications(live, expected),
    );
    const manifests = compareManifests(await renderedManifests(redis), expected);
    compare(`${manifests.objects} manifests, rendered by Argo CD and by us`, manifests.differences);
    compare("what the cluster holds, and what we say", await compareLive(api, expected));
    await compareHealth(api, fleet, compare);
    if (identity !== undefined) say(`${operator.made()} Secrets, decrypted with the published key of ${cluster}`);
    await compareRenderTime(io, plane, repository.root, cluster, say);

    const { environment, residency = "eu" } = fleet.documents.clusters.get(cluster)!.document.spec;
    const deletes = fleet.documents.environments.get(environment)!.document.spec.orphans === "deleted";
    const reap = await labReap(io, plane, repository, cluster);
    const actors = actorsOf(fleet.applications);
    for (const { what, play } of scenarios) {
      const begun = performance.now();
      try {
        await play({ api, repository, cluster, deletes, residency, reap, ...actors });
        say(`held: ${what} (${seconds(begun)} s)`);
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        compare(what, [error.message]);
      }
    }
    return differences.length > 0 ? exitCode.findings : exitCode.done;
  } finally {
    for (const end of ends) await end();
    await plane.stop();
  }
}

async function settled(api: Api, names: readonly string[], io: CommandIo): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    const live = await liveApplications(api);
    const late = awaitedApplications(live, names).filter(({ sync }) => sync !== "Synced");
    if (late.length === 0) return;
    if (performance.now() > end)
      throw new ToolError(
        `${names.length - late.length} of ${names.length} Applications are Synced after ${patience / 1000} s; ${late.map(({ name, why }) => `${name}: ${why}`).join("\n")}`,
      );
    if (io.stderr.isLive === true) io.stderr.write(`\r\x1b[Ksynced ${names.length - late.length}/${names.length}`);
    await Bun.sleep(500);
  }
}

/** Healthy is whatever needs nothing that the lab does not run: a route waits for a gateway. */
async function compareHealth(
  api: Api,
  fleet: Fleet,
  compare: (what: string, found: readonly string[]) => void,
): Promise<void> {
  // Nor are programs of addons there, by which their own APIs would answer.
  const waiting = fleet.applications.filter(
    (application) =>
      addonOf(application) !== undefined || application.objects.some(({ id }) => id.kind === "HTTPRoute"),
  );
  const expected = fleet.applications.filter((application) => !waiting.includes(application)).map(({ name }) => name);
  const end = performance.now() + 120_000;
  let late: string[];
  do {
    const live = await liveApplications(api);
    const healthy = new Set(
      live
        .filter((application) => stringAt(application, "status", "health", "status") === "Healthy")
        .map((application) => stringAt(application, "metadata", "name")),
    );
    late = expected.filter((name) => !healthy.has(name));
    if (late.length > 0) await Bun.sleep(500);
  } while (late.length > 0 && performance.now() < end);
  compare(
    `${expected.length} Applications are healthy (${waiting.length} have routes, which wait for a gateway)`,
    late.map((name) => `${name}: not healthy`),
  );
}

/** What the repo server took for the cluster's manifests beside what we take, nothing cached in either. */
async function compareRenderTime(
  io: CommandIo,
  plane: ControlPlane,
  root: string,
  cluster: string,
  say: (text: string) => void,
): Promise<void> {
  const log = await Bun.file(path.join(plane.folder, "repo-server.log")).text();
  const times = log
    .split("\n")
    .filter((line) => line.includes('"grpc.method":"GenerateManifest"') && line.includes("finished call"))
    .map((line) => Number(stringAt(JSON.parse(line), "grpc.time_ms") ?? "0"));
  const cold = times.filter((time) => time > 100); // The rest came out of its cache.
  const selection = { clusters: [cluster], applications: [] };
  const { fleet, milliseconds } = await loadFleet(await Repository.read(root, { env: io.env, cache: false }), {
    selection,
  });
  const theirs = cold.reduce((sum, time) => sum + time, 0);
  say(
    `rendered: the repo server took ${(theirs / 1000).toFixed(1)} s in ${cold.length} requests (added up), we ${(milliseconds.render / 1000).toFixed(1)} s for ${fleet.applications.length} Applications (from start to end)`,
  );
}

/** bun run reap against the lab, as a person would run it: with a context, and the fingerprint in the facts. */
async function labReap(io: CommandIo, plane: ControlPlane, repository: LabRepository, cluster: string) {
  const kubeSystem = (await plane.api.request("GET", "/api/v1/namespaces/kube-system")).body;
  const fingerprint = stringAt(kubeSystem, "metadata", "uid") ?? "";
  const facts = path.join(repository.root, clusterFacts(cluster));
  const text = await Bun.file(facts).text();
  const own = text
    .replace(/^ {2}fingerprint: .*\n/m, "")
    .replace(/^ {2}domain:/m, `  fingerprint: ${fingerprint}\n  domain:`);
  await Bun.write(facts, own);
  await repository.commit("the cluster's fingerprint");
  return async (application?: string, how: "begin" | "remove" = "remove"): Promise<string> => {
    let said = "";
    const sink = { write: (part: string) => void (said += part), isTTY: false, columns: 100 };
    const quiet: CommandIo = {
      ...io,
      cwd: repository.root,
      env: { ...io.env, KUBECONFIG: plane.kubeconfig },
      stdout: sink,
      stderr: sink,
    };
    const wait = how === "begin" ? "0" : "3";
    const more =
      application === undefined ? [] : ["--application", application, "--evidence", "the lab", "--wait", wait];
    const code = await runReap(["--cluster", cluster, "--context", "lab", ...more], quiet);
    const isBegun = how === "begin" && code === exitCode.findings;
    if (code !== exitCode.done && !isBegun) throw new ToolError(`reap ended with ${code}: ${said.trim()}`);
    return said;
  };
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}
