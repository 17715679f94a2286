import { Command, Option } from "@commander-js/extra-typings";
import { createColors } from "picocolors";

import { lookOf } from "./lib/command/io.ts";
import { collect } from "./lib/command/options.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { deletionLabel, isOverBudget } from "./lib/diff/budget.ts";
import { compareSides } from "./lib/diff/sides.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { diffJson, diffMarkdown, diffText } from "./lib/report/difference.ts";
import { commentOn } from "./lib/write/comment.ts";

/** What a change would do: the rendered difference of two revisions. */
export const run = runnable((io, done) =>
  new Command("diff")
    .description(
      "Show what a change would do: what goes, restarts, moves, may talk to whom, and which value of ours causes it.",
    )
    .argument("<before>", "a revision, such as origin/main")
    .argument("[after]", "another; the working folder if none is named")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json", "markdown"]).default("text"))
    .option(
      "--pull-request <number>",
      "take the labels of this pull request, and keep the difference as a comment on it",
    )
    .option("--label <name>", "a label of the pull request (can be repeated)", collect, [])
    .addHelpText(
      "after",
      `
Examples:
  bun run diff origin/main
  bun run --silent diff v1.4.0 v1.5.0 --format markdown

Ends with 1 if an environment would lose more than its deletion budget, unless the label ${deletionLabel} says it is meant;
and, with the engine, if the API server would refuse a change, as of a field that can't be changed.`,
    )
    .action(async (before, after, { format, label, pullRequest }) => {
      if (pullRequest !== undefined && !/^\d+$/.test(pullRequest))
        throw new UsageError("--pull-request takes a number");
      const progress = progressLine(io.stderr, "rendering");
      const repository = await Repository.read(io.cwd, { env: io.env, revision: after });
      const report = await compareSides(await repository.at(before), repository, progress.update).finally(
        progress.clear,
      );
      const { bold } = createColors(lookOf(io.stdout).colour);
      io.stdout.write(
        format === "json" ? diffJson(report) : format === "markdown" ? diffMarkdown(report) : diffText(report, bold),
      );
      const labels = [...label, ...(await commentOn(io, pullRequest, diffMarkdown(report)))];
      const over = report.losses.filter(isOverBudget);
      const isOver = over.length > 0 && !labels.includes(deletionLabel);
      done(isOver || (report.refused ?? []).length > 0 ? exitCode.findings : exitCode.done);
    }),
);

if (import.meta.main) await main(run);
