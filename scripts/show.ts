import { Command, Option } from "@commander-js/extra-typings";

import { type CommandIo, lookOf } from "./lib/command/io.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { applicationOverview, overviewOf } from "./lib/fleet/overview.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { overviewText } from "./lib/report/overview.ts";

/** What a name stands for. */
export const run = runnable((io, done) =>
  new Command("show")
    .description("Show what a cluster, a tenant, a service or an Application is, and where it is written.")
    .argument("<name>", "of a cluster, a tenant or a service; of an Application CLUSTER/NAME")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  bun run show umbrella\n  bun run show prod-example/service-case-service\n  bun run --silent show prod-example --format json",
    )
    .action(async (name, { format }) => {
      const repository = await Repository.read(io.cwd, { env: io.env });
      const overview = name.includes("/") ? await ofApplication(io, name, repository) : overviewOf(repository, name);
      io.stdout.write(
        format === "json" ? `${JSON.stringify(overview, null, 2)}\n` : overviewText(overview, lookOf(io.stdout)),
      );
      done(exitCode.done);
    }),
);

async function ofApplication(io: CommandIo, name: string, repository: Repository) {
  const progress = progressLine(io.stderr, "rendering");
  const selection = { clusters: [], applications: [name] };
  const { fleet } = await loadFleet(repository, { selection, progress: progress.update }).finally(progress.clear);
  return applicationOverview(fleet.applications.find(({ id }) => id === name)!);
}

if (import.meta.main) await main(run);
