import { Command } from "@commander-js/extra-typings";

import { bootstrapSteps } from "./lib/cluster/bootstrap.ts";
import { expandedCluster } from "./lib/cluster/expanded.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { Kubectl } from "./lib/io/kubectl.ts";
import { findTools } from "./lib/io/tools.ts";
import { manifestText } from "./lib/render/files.ts";

/** Brings up a cluster: what has to be there before Argo CD does the rest. */
export const run = runnable((io, done) =>
  new Command("bootstrap")
    .description("Print, or apply, what a cluster needs before Argo CD can do the rest.")
    .requiredOption("--cluster <name>", "the cluster")
    .option("--apply", "apply it, step by step, to the cluster of --context", false)
    .option("--context <name>", "context of your kubeconfig; its cluster's fingerprint has to be that of the facts")
    .addHelpText(
      "after",
      `
Argo CD and the definitions of its kinds have to be on the cluster already.

Examples:
  bun run --silent bootstrap --cluster dev-local
  bun run bootstrap --cluster dev-local --context kind-murima --apply`,
    )
    .action(async ({ cluster, apply, context }) => {
      const { applications, facts } = await expandedCluster(io.cwd, io.env, cluster);
      const steps = bootstrapSteps(applications);
      if (!apply) {
        for (const { what, objects } of steps)
          io.stdout.write(objects.map((object) => `---\n# ${what}\n${manifestText(object)}`).join(""));
        return done(exitCode.done);
      }
      if (context === undefined)
        throw new UsageError("--apply needs --context: the current one may be another cluster's");
      const kubectl = new Kubectl((await findTools(io.env)).kubectl.program, context, io.env);
      await kubectl.expectFingerprint(cluster, facts.spec.fingerprint);
      for (const { what, objects } of steps) {
        io.stderr.write(`${what}\n`);
        io.stdout.write(await kubectl.apply(objects));
      }
      return done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
