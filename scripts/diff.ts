import { Command, Option } from "@commander-js/extra-typings";
import { createColors } from "picocolors";

import { compareSides } from "./lib/command/difference.ts";
import { collect } from "./lib/command/options.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";
import { deletionLabel, isOverBudget } from "./lib/diff/budget.ts";
import { diffJson, diffMarkdown, diffText } from "./lib/diff/report.ts";

/** What a change would do: the rendered difference of two revisions. */
export const run = runnable((io, done) =>
  new Command("diff")
    .description("Show what differs between what two revisions render to: objects, images, who may talk to whom.")
    .argument("<before>", "a revision, such as origin/main")
    .argument("[after]", "another; the working folder if none is named")
    .addOption(
      new Option("--format <format>", "form of the result").choices(["text", "json", "markdown"]).default("text"),
    )
    .option("--label <name>", "a label of the pull request (can be repeated)", collect, [])
    .addHelpText(
      "after",
      `
Examples:
  bun run diff origin/main
  bun run --silent diff v1.4.0 v1.5.0 --format markdown

Ends with 1 if an environment would lose more than its deletion budget, unless the label ${deletionLabel} says it is meant.`,
    )
    .action(async (before, after, { format, label }) => {
      const progress = progressLine(io.stderr, "rendering");
      const report = await compareSides(
        { root: io.cwd, env: io.env, cache: true, progress: progress.update },
        { revision: before },
        { revision: after },
      ).finally(progress.clear);
      const { bold } = createColors(io.stdout.isTTY);
      io.stdout.write(
        format === "json" ? diffJson(report) : format === "markdown" ? diffMarkdown(report) : diffText(report, bold),
      );
      const over = report.losses.filter(isOverBudget);
      done(over.length > 0 && !label.includes(deletionLabel) ? exitCode.findings : exitCode.done);
    }),
);

if (import.meta.main) await main(run);
