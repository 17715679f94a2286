import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";

/** Hooks of git. */
export const run = runnable((io, done) =>
  new Command("hooks")
    .description("Have git check a commit and a push: format, lint and secrets, then validate.")
    .addHelpText("after", "\nExample:\n  bun run hooks\n\nlefthook.yml says what they run.")
    .action(async () => {
      const child = Bun.spawn([process.execPath, "node_modules/lefthook/bin/index.js", "install"], {
        cwd: io.cwd,
        env: io.env,
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
      });
      done((await child.exited) === 0 ? exitCode.done : exitCode.tool);
    }),
);

if (import.meta.main) await main(run);
