import { Command } from "@commander-js/extra-typings";

import { type Awaited, awaitedApplications } from "./lib/cluster/awaited.ts";
import { bootstrapSteps, missingArchives } from "./lib/cluster/bootstrap.ts";
import { expandedCluster } from "./lib/cluster/expanded.ts";
import { type CommandIo, lookOf } from "./lib/command/io.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { type ExitCode, exitCode, UsageError } from "./lib/core/errors.ts";
import type { JsonObject } from "./lib/core/json.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { ageIdentities } from "./lib/io/identities.ts";
import { Kubectl } from "./lib/io/kubectl.ts";
import { findTools } from "./lib/io/tools.ts";
import type { Cluster } from "./lib/model/generated.ts";
import { manifestText } from "./lib/render/output-files.ts";
import { awaitedText } from "./lib/report/awaited.ts";
import { recipientOf } from "./lib/secret/age-wrapping.ts";

/** Brings up a cluster: what has to be there before Argo CD does the rest. */
export const run = runnable((io, done) =>
  new Command("bootstrap")
    .description("Print, or apply, what a cluster needs before Argo CD can do the rest.")
    .requiredOption("--cluster <name>", "the cluster")
    .option("--apply", "apply it, step by step, to the cluster of --context", false)
    .option("--keep-key", "leave the cluster's private key as it is there: for a cluster that has it", false)
    .option("--context <name>", "context of your kubeconfig; its cluster's fingerprint has to be that of the facts")
    .option(
      "--wait <minutes>",
      "how long Argo CD may take to bring all Applications to Synced and Healthy; 0: no wait",
      "20",
    )
    .addHelpText(
      "after",
      `
Argo CD and the sops-operator come as their addons render them, where the cluster runs these addons; without them they have to
be there already. Every step may be repeated. The cluster's private key comes from SOPS_AGE_KEY_FILE or SOPS_AGE_KEY; it is
applied, and never printed. Applied, it waits for Argo CD, and ends with 1 and a table of what is late, and why.

Examples:
  bun run --silent bootstrap --cluster local-example
  SOPS_AGE_KEY_FILE=clusters/local-example/published.agekey bun run bootstrap --cluster local-example --context kind-murima --apply`,
    )
    .action(async ({ cluster, apply, context, keepKey, wait }) => {
      if (!(Number(wait) >= 0)) throw new UsageError("--wait takes a number of minutes");
      const { applications, facts } = await expandedCluster(await Repository.read(io.cwd, { env: io.env }), cluster);
      const missing = missingArchives(applications);
      if (missing.length > 0)
        throw new UsageError(`the archive of ${missing.join(", ")} is not on this machine: bun run charts pull`);
      const own = new Set(applications.map(({ name }) => name));
      for (const [addon, who] of [
        ["argocd", "Argo CD"],
        ["sops-operator", "the sops-operator"],
      ])
        if (!own.has(`addon-${addon}`))
          io.stderr.write(`${cluster} runs no addon ${addon}: ${who} has to be on it already\n`);
      if (!apply) {
        for (const { what, objects } of bootstrapSteps(applications, facts))
          io.stdout.write(objects.map((object) => `---\n# ${what}\n${manifestText(object)}`).join(""));
        io.stderr.write("the cluster's private key is not printed: --apply brings it\n");
        return done(exitCode.done);
      }
      if (context === undefined)
        throw new UsageError("--apply needs --context: the current one may be another cluster's");
      const kubectl = new Kubectl((await findTools(io.env)).kubectl.program, context, io.env);
      const identity = keepKey ? undefined : await clusterIdentity(facts, io.env);
      await kubectl.expectFingerprint(cluster, facts.spec.fingerprint);
      for (const { what, objects, areServed } of bootstrapSteps(applications, facts, identity)) {
        io.stderr.write(`${what}\n`);
        io.stdout.write(await kubectl.apply(objects));
        if (areServed === true) await kubectl.waitUntilServed(objects);
      }
      if (Number(wait) === 0) return done(exitCode.done);
      const names = applications.map(({ name }) => name);
      return done(await untilSynced(io, kubectl, names, Number(wait)));
    }),
);

/** Waits for Argo CD to have done the rest; what it has not done in time is said, with the reason it gives. */
async function untilSynced(
  io: CommandIo,
  kubectl: Kubectl,
  names: readonly string[],
  minutes: number,
): Promise<ExitCode> {
  const progress = progressLine(io.stderr, "Synced and Healthy");
  let late: Awaited[] = [];
  const isOver = (live: readonly JsonObject[]) => {
    late = awaitedApplications(live, names);
    progress.update(names.length - late.length, names.length);
    return late.length === 0;
  };
  const isSynced = await kubectl.watchApplications(isOver, minutes * 60_000);
  progress.clear();
  if (isSynced) {
    io.stderr.write(`${names.length} Applications are Synced and Healthy\n`);
    return exitCode.done;
  }
  io.stdout.write(awaitedText(late, lookOf(io.stdout)));
  io.stderr.write(
    `${late.length} of ${names.length} Applications are not Synced and Healthy after ${minutes} minutes; Argo CD goes on, and the same command may be repeated\n`,
  );
  return exitCode.findings;
}

/** The cluster's own among the private keys at hand. */
async function clusterIdentity({ metadata, spec }: Cluster, env: Record<string, string | undefined>): Promise<string> {
  const own = (await ageIdentities(env)).find((identity) => recipientOf(identity) === spec.ageRecipient);
  if (own !== undefined) return own;
  throw new UsageError(
    `none of the private keys is that of ${metadata.name} (${spec.ageRecipient}); --keep-key if it is on the cluster already`,
  );
}

if (import.meta.main) await main(run);
