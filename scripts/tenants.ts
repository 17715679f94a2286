import { Command, Option } from "@commander-js/extra-typings";

import { lookOf } from "./lib/command/io.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { tenantsReport } from "./lib/report/tenants.ts";

/** Every customer, in a line. */
export const run = runnable((io, done) =>
  new Command("tenants")
    .description("List customers: plan, isolation, state, where they are placed, their hosts.")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .option("--cluster <name>", "only those that are placed there")
    .addHelpText("after", "\nExamples:\n  bun run tenants\n  bun run tenants --cluster prod-example")
    .action(async ({ format, cluster }) => {
      const content = await Repository.read(io.cwd, { env: io.env });
      io.stdout.write(tenantsReport(content, cluster, format, lookOf(io.stdout)));
      done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
