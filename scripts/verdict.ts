import { Command } from "@commander-js/extra-typings";

import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { isObject, type Json, stringAt } from "./lib/core/json.ts";

/**
 * The one check that GitHub requires: all jobs it needs succeeded. A job that was skipped counts as passed for GitHub, and not
 * here, unless it may be.
 */
export const run = runnable((io, done) =>
  new Command("verdict")
    .description("Judge the results of a workflow's jobs, given as NEEDS in the environment.")
    .option("--may-skip <job>", "a job that may be left out (can be repeated)", collect, [])
    .addHelpText("after", "\nEnds with 0 if every job succeeded, with 1 otherwise; a job that was skipped did not.")
    .action(({ maySkip }) => {
      const needs = parse(io.env["NEEDS"] ?? "");
      if (!isObject(needs) || Object.keys(needs).length === 0)
        throw new UsageError("NEEDS holds no results: set it to toJSON(needs) in the workflow");
      const failed = Object.keys(needs)
        .toSorted()
        .filter((job) => {
          const result = stringAt(needs, job, "result");
          io.stdout.write(`${job}: ${result ?? "unknown"}\n`);
          return result !== "success" && !(result === "skipped" && maySkip.includes(job));
        });
      if (failed.length > 0) io.stderr.write(`not passed: ${failed.join(", ")}\n`);
      done(failed.length > 0 ? exitCode.findings : exitCode.done);
    }),
);

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

if (import.meta.main) await main(run);
