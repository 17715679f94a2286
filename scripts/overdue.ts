import { Command, Option } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { dayAfter, daysAgo, today } from "./lib/core/clock.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { visible } from "./lib/core/visible.ts";
import { overdueOf } from "./lib/fleet/overdue.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { GitHub, signIn } from "./lib/io/github.ts";
import { remoteRepository } from "./lib/io/origin.ts";

/** Pull requests that nobody touched for so many days are stale. */
const staleDays = 14;

const said: Readonly<Record<string, string>> = { expired: "expired on", expires: "expires on", stale: "stale since" };

/** What time has overtaken, without anybody's change. */
export const run = runnable((io, done) =>
  new Command("overdue")
    .description(
      "List expired holds, exceptions, addons and Kubernetes versions, and rehearsals that are due; with --github also stale pull requests.",
    )
    .option("--within <days>", "also what expires within so many days", "30")
    .option("--github", "also ask GitHub for stale pull requests", false)
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  bun run overdue\n  bun run overdue --within 90\n\nEnds with 1 if anything has expired.",
    )
    .action(async ({ within, github, format }) => {
      if (!/^\d{1,4}$/.test(within)) throw new UsageError("--within takes a number of days");
      const content = await Repository.read(io.cwd, { env: io.env });
      const soon = overdueOf(content, dayAfter(Number(within)));
      const found = soon.map((one) => ({ ...one, state: one.since < today() ? "expired" : "expires" }));
      if (github) {
        const at = await remoteRepository(io.cwd, io.env);
        const open = await new GitHub(await signIn(io.env), at).openPullRequests();
        for (const { number, title, updated } of open.filter((pull) => pull.updated < daysAgo(staleDays)))
          found.push({
            what: `#${number} ${title}`,
            since: updated.slice(0, 10),
            fix: "merge it, or close it",
            state: "stale",
          });
      } else io.stderr.write("pull requests were not checked: use --github\n");
      io.stdout.write(
        format === "json"
          ? `${JSON.stringify({ overdue: found }, null, 2)}\n`
          : found
              .map(({ what, since, fix, state }) => `${said[state]} ${since}: ${visible(what)}\n  fix: ${fix}\n`)
              .join(""),
      );
      const over = found.filter(({ since, state }) => state !== "expires" || !/^\d/.test(since)).length;
      io.stderr.write(`${over} overdue, ${found.length - over} within ${within} days\n`);
      done(over > 0 ? exitCode.findings : exitCode.done);
    }),
);

if (import.meta.main) await main(run);
