import { Command } from "@commander-js/extra-typings";

import { labAddonsRun } from "../lab/commands/addons.ts";
import { labAdmit } from "../lab/commands/admit.ts";
import { labCrds } from "../lab/commands/crds.ts";
import { labSync } from "../lab/commands/sync.ts";
import { labDown, labExec, labStatus, labUp } from "../lab/commands/up.ts";
import { buildLab } from "../lab/programs.ts";
import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";

/** The truth test: a real API server, without containers. */
export const run = runnable((io, done) => {
  const lab = new Command("lab")
    .description("Ask a real Kubernetes API server, run here without containers, what it says of the fleet.")
    .addHelpText(
      "after",
      "\nExamples:\n  bun run lab build\n  bun run lab crds\n  bun run lab admit --cluster dev-example\n\ndocs/lab.md says what it is and what it needs.",
    );
  lab
    .command("build")
    .description("Build the programs; needs Go 1.26, some ten minutes the first time")
    .option("--minutes <number>", "give up after so many", "30")
    .action(async ({ minutes }) => {
      if (!(Number(minutes) > 0)) throw new UsageError("--minutes takes a number");
      await buildLab(io.cwd, io.env, Number(minutes) * 60_000, (text) => io.stderr.write(text));
      done(exitCode.done);
    });
  lab
    .command("crds")
    .description("Collect definitions of custom resources: from CRDS_DIR, else from the operators' Go modules")
    .action(async () => done(await labCrds(io)));
  lab
    .command("admit")
    .description("Server-side apply of every object as a dry run, and of random mutations of them")
    .option("--cluster <name>", "only this cluster (can be repeated)", collect, [])
    .option("--mutations <number>", "how many mutations to compare", "1000")
    .action(async ({ cluster, mutations }) => {
      if (!Number.isInteger(Number(mutations)) || Number(mutations) < 0)
        throw new UsageError("--mutations takes a whole number");
      done(await labAdmit(io, { clusters: cluster, mutations: Number(mutations) }));
    });
  lab
    .command("sync")
    .description("Let a real Argo CD reconcile one cluster, compare what it makes of it with ours, and play scenarios")
    .requiredOption("--cluster <name>", "the cluster")
    .action(async ({ cluster }) => {
      done(await labSync(io, cluster));
    });
  lab
    .command("clusters")
    .description("Name every cluster, as the line that a workflow makes its matrix of")
    .action(async () => {
      const { clusters } = (await Repository.read(io.cwd, { env: io.env })).documents;
      io.stdout.write(`names=${JSON.stringify([...clusters.keys()].toSorted())}\n`);
      done(exitCode.done);
    });
  lab
    .command("addons")
    .description(
      "Run the programs of a cluster's addons that are Go, with the rights of their charts, and see them work",
    )
    .requiredOption("--cluster <name>", "the cluster")
    .action(async ({ cluster }) => {
      done(await labAddonsRun(io, cluster));
    });
  lab
    .command("up")
    .description("Run a control plane with nodes until Ctrl-C, to look around in")
    .action(async () => done(await labUp(io)));
  lab
    .command("down")
    .description("End the lab that is up")
    .action(async () => done(await labDown(io)));
  lab
    .command("status")
    .description("Say whether a lab is up, and where")
    .action(async () => done(await labStatus(io)));
  lab
    .command("exec")
    .description("Run kubectl against the lab that is up")
    .argument("<arguments...>", "of kubectl, after --")
    .action(async (args) => done(await labExec(io, args)));
  return lab;
});

if (import.meta.main) await main(run);
