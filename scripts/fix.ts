import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";

const bun = process.execPath;

/** What mends itself. */
export const run = runnable((io, done) =>
  new Command("fix")
    .description("Mend what the formatter and the linter can mend, in the files of this checkout.")
    .addHelpText("after", "\nExample:\n  bun run fix\n\nbun run validate --fix mends the fleet's own files.")
    .action(async () => {
      for (const command of [
        [bun, "fmt", "--no-script"],
        [bun, "node_modules/oxlint/bin/oxlint", "--fix"],
      ]) {
        const child = Bun.spawn(command, {
          cwd: io.cwd,
          env: io.env,
          stdin: "ignore",
          stdout: "inherit",
          stderr: "inherit",
        });
        if ((await child.exited) !== 0) return done(exitCode.findings);
      }
      return done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
