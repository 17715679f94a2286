import { Command, Option } from "@commander-js/extra-typings";

import { lookOf } from "./lib/command/io.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { statusOf } from "./lib/fleet/status.ts";
import { statusJson, statusText } from "./lib/report/status.ts";

/** Which version runs where. */
export const run = runnable((io, done) =>
  new Command("status")
    .description("Show which version of each service runs where, tenants' own copies too, what lags and what is held.")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .option("--wide", "a column for each service, also where all run the same version", false)
    .addHelpText(
      "after",
      "\nExamples:\n  bun run status\n  bun run status --wide\n  bun run --silent status --format json",
    )
    .action(async ({ format, wide }) => {
      const status = statusOf(await Repository.read(io.cwd, { env: io.env }));
      io.stdout.write(format === "json" ? statusJson(status) : statusText(status, lookOf(io.stdout), wide));
      done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
