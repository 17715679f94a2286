import { Command, Option } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { repositoryPath } from "./lib/io/user-path.ts";
import { allValuesExplanation, readersExplanation, valueExplanation } from "./lib/report/explain.ts";

/** Says where a value comes from, and who reads a file. */
export const run = runnable((io, done) =>
  new Command("explain")
    .description(
      "Show where the values of an Application come from, what each layer says of one, or which Applications read a file.",
    )
    .argument("[path]", "path into the values, as database.poolMax; all of them without it")
    .option("--application <name>", "the Application, as CLUSTER/NAME")
    .option("--file <path>", "a file or folder, from the root of the repository")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      `
Examples:
  bun run explain autoscaling.minReplicas --application prod-example/service-case-service
  bun run explain --application prod-example/service-case-service
  bun run explain --file environments/prod/values.yaml`,
    )
    .action(async (path, { application, file, format }) => {
      if ((application === undefined) === (file === undefined) || (path !== undefined && file !== undefined))
        throw new UsageError("give --application, with a path or without, or --file");
      // Roots are rendered to find the Applications; nothing else has to be.
      const selection = { clusters: [], applications: ["root"] };
      const { fleet } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), { selection });
      const { text, data, note } =
        file !== undefined
          ? readersExplanation(fleet, await repositoryPath(io, file))
          : path === undefined
            ? allValuesExplanation(fleet, application!)
            : valueExplanation(fleet, application!, path);
      io.stdout.write(format === "json" ? `${JSON.stringify(data, null, 2)}\n` : text);
      io.stderr.write(note);
      done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
