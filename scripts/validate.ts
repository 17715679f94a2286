import { Command, Option } from "@commander-js/extra-typings";

import { lookOf } from "./lib/command/io.ts";
import { collect } from "./lib/command/options.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, ToolError } from "./lib/core/errors.ts";
import { absentCharts } from "./lib/fleet/absent-charts.ts";
import { failureText } from "./lib/fleet/load.ts";
import { reachabilityOf } from "./lib/fleet/reachability.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { changedSince } from "./lib/io/git.ts";
import { ownCheckout } from "./lib/io/schemas.ts";
import { formats } from "./lib/report/format.ts";
import { reachabilityReport } from "./lib/report/reachability.ts";
import { findingsText, report } from "./lib/report/validation.ts";
import { validate } from "./lib/validate/validate.ts";
import { applyFixes } from "./lib/write/fix.ts";

/** The main job: reads, expands, renders and checks the whole fleet. */
export const run = runnable((io, done) =>
  new Command("validate")
    .description("Expand and render the whole fleet as Argo CD would, and check everything in it.")
    .option("--cluster <name>", "only this cluster (can be repeated)", collect, [])
    .option("--application <name>", "only this Application, as NAME or CLUSTER/NAME (can be repeated)", collect, [])
    .option("--changed <revision>", "only Applications that read a file which differs from this revision")
    .addOption(new Option("--format <format>", "output format").choices(formats).default("text" as const))
    .option("--fix", "first make the changes that are certain: line ends, first lines, generated files", false)
    .option("--reachability", "print who may talk to whom, and whether tenants are isolated (text or json)", false)
    .option("--admit", "also ask the running lab about every object (bun run lab up)", false)
    .option("--strict", "also end with 1 where a chart is not on this machine (bun run charts pull): CI does", false)
    .option("--no-cache", "render everything again and keep nothing")
    .addHelpText(
      "after",
      `
Examples:
  bun run validate
  bun run validate --cluster prod-example --cluster prod-other
  bun run validate --application prod-example/service-auth-service
  bun run validate --changed origin/main
  bun run validate --format json > report.json
  bun run validate --cluster prod-example --reachability

Ends with 0 if nothing is wrong, 1 with findings, 2 for wrong usage, 3 if a program is missing or failed.`,
    )
    .action(async ({ cluster: clusters, application: applications, changed: since, format, ...options }) => {
      const changed = since === undefined ? {} : { changed: { since, files: await changedSince(io.cwd, since) } };
      if (options.fix) {
        const { fixed, skipped } = await applyFixes(io);
        for (const path of fixed) io.stderr.write(`fixed ${path}\n`);
        for (const { what, reason } of skipped) io.stderr.write(`not written: ${what}: ${reason}\n`);
      }
      const progress = progressLine(io.stderr, "rendering");
      try {
        // Where the rules of one checkout judge the data of another, its excuses are those of the first.
        const judgedBy = io.env["GITOPS_ROOT"] === undefined ? undefined : ownCheckout;
        const repository = await Repository.read(io.cwd, { env: io.env, cache: options.cache, judgedBy });
        const selection = { clusters, applications, ...changed };
        const validation = await validate(repository, { selection, progress: progress.update, partial: true });
        // The lab is not part of what everybody runs: it is loaded only when it is asked.
        if (options.admit) await (await import("../lab/admit.ts")).addAdmission(validation, io);
        progress.clear();
        if (options.reachability) {
          io.stderr.write(findingsText(validation.findings, lookOf(io.stderr).colour));
          io.stdout.write(reachabilityReport(reachabilityOf(validation.fleet), format, lookOf(io.stdout)));
        } else io.stdout.write(report(validation, format, lookOf(io.stdout)));
        if (validation.failed.length > 0) throw new ToolError(failureText(validation.failed));
        const isIncomplete = options.strict && absentCharts(validation.fleet).length > 0;
        const hasErrors = validation.findings.some(({ severity }) => severity === "error");
        done(hasErrors || isIncomplete ? exitCode.findings : exitCode.done);
      } finally {
        progress.clear();
      }
    }),
);

if (import.meta.main) await main(run);
