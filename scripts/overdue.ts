import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { dayAfter, daysAgo, today } from "./lib/core/clock.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { overdueOf } from "./lib/fleet/overdue.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { GitHub, signIn } from "./lib/io/github.ts";
import { remoteRepository } from "./lib/io/origin.ts";

/** Pull requests that nobody touched for so many days are stale. */
const staleDays = 14;

/** What time has overtaken, without anybody's change. */
export const run = runnable((io, done) =>
  new Command("overdue")
    .description(
      "List expired holds, exceptions, addons and Kubernetes versions, and rehearsals that are due; with --github also stale pull requests.",
    )
    .option("--within <days>", "also what expires within so many days", "30")
    .option("--github", "also ask GitHub for stale pull requests", false)
    .addHelpText(
      "after",
      "\nExamples:\n  bun run overdue\n  bun run overdue --within 90\n\nEnds with 1 if anything has expired.",
    )
    .action(async ({ within, github }) => {
      if (!/^\d{1,4}$/.test(within)) throw new UsageError("--within takes a number of days");
      const content = await Repository.read(io.cwd, { env: io.env });
      const soon = overdueOf(content, dayAfter(Number(within)));
      for (const { what, since, fix } of soon)
        io.stdout.write(`${since < today() ? "expired on" : "expires on"} ${since}: ${what}\n  fix: ${fix}\n`);
      let stale = 0;
      if (github) {
        const at = await remoteRepository(io.cwd, io.env);
        const open = await new GitHub(await signIn(io.env), at).openPullRequests();
        for (const { number, title, updated } of open.filter((pull) => pull.updated < daysAgo(staleDays))) {
          stale++;
          io.stdout.write(`stale since ${updated.slice(0, 10)}: #${number} ${title}\n  fix: merge it, or close it\n`);
        }
      } else io.stderr.write("pull requests were not checked: use --github\n");
      const over = soon.filter(({ since }) => since < today() || !/^\d/.test(since)).length + stale;
      io.stderr.write(`${over} overdue, ${soon.length + stale - over} within ${within} days\n`);
      done(over > 0 ? exitCode.findings : exitCode.done);
    }),
);

if (import.meta.main) await main(run);
