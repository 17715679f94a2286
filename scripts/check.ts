import { Command } from "@commander-js/extra-typings";

import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";

const bun = process.execPath;

/** What CI asks of a change, cheapest first. */
const steps: Record<string, [string, ...string[]]> = {
  format: [bun, "fmt", "--check", "--no-script"],
  types: [bun, "check", "--no-script"],
  "types of the page": [bun, "check", "--no-script", "--project", "web"],
  lint: [bun, "node_modules/oxlint/bin/oxlint", "--deny-warnings"],
  unused: [bun, "node_modules/knip/bin/knip.js"],
  validate: [bun, "scripts/validate.ts"],
  test: [bun, "scripts/test.ts"],
};

/** Everything CI does, with the same words. */
export const run = runnable((io, done) =>
  new Command("check")
    .description("Do all that CI does: format, types, lint, unused code, validate, test.")
    .option("--skip <step>", `leave out a step (can be repeated): ${Object.keys(steps).join(", ")}`, collect, [])
    .addHelpText("after", "\nExample:\n  bun run check --skip test\n\nbun run fix mends what format and lint can mend.")
    .action(async (options) => {
      const unknown = options.skip.find((step) => !Object.hasOwn(steps, step));
      if (unknown !== undefined)
        throw new UsageError(`there is no step ${unknown}; there is ${Object.keys(steps).join(", ")}`);
      const failed: string[] = [];
      for (const [name, command] of Object.entries(steps)) {
        if (options.skip.includes(name)) {
          io.stderr.write(`== ${name}: left out\n`);
          continue;
        }
        io.stderr.write(`== ${name}\n`);
        const child = Bun.spawn(command, {
          cwd: io.cwd,
          env: io.env,
          stdin: "ignore",
          stdout: "inherit",
          stderr: "inherit",
        });
        if ((await child.exited) !== 0) failed.push(name);
      }
      io.stderr.write(failed.length === 0 ? "== all passed\n" : `== failed: ${failed.join(", ")}\n`);
      done(failed.length === 0 ? exitCode.done : exitCode.findings);
    }),
);

if (import.meta.main) await main(run);
