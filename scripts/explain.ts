import { Command, Option } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { repositoryPath } from "./lib/io/user-path.ts";
import { readersExplanation, valueExplanation } from "./lib/report/explain.ts";

/** Says where a value comes from, and who reads a file. */
export const run = runnable((io, done) =>
  new Command("explain")
    .description("Show what each values layer says of a path, or which Applications read a file.")
    .argument("[path]", "path into the values, as database.poolMax")
    .option("--application <name>", "the Application, as CLUSTER/NAME")
    .option("--file <path>", "a file or folder, from the root of the repository")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      `
Examples:
  bun run explain autoscaling.minReplicas --application prod-eu1/service-case-service
  bun run explain --file environments/prod/values.yaml`,
    )
    .action(async (path, { application, file, format }) => {
      if ((path === undefined || application === undefined) === (file === undefined))
        throw new UsageError("give a path with --application, or --file");
      // Roots are rendered to find the Applications; nothing else has to be.
      const selection = { clusters: [], applications: ["root"] };
      const { fleet } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), { selection });
      const { text, data, note } =
        file === undefined
          ? valueExplanation(fleet, application!, path!)
          : readersExplanation(fleet, await repositoryPath(io, file));
      io.stdout.write(format === "json" ? `${JSON.stringify(data, null, 2)}\n` : text);
      io.stderr.write(note);
      done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
