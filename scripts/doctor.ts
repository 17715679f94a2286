import { Command, Option } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";
import { cacheFolder } from "./lib/io/cache.ts";
import { findEngine } from "./lib/io/engine-program.ts";
import { hasCredentials } from "./lib/io/github.ts";
import { abandonedEdits, bunVersion, gitVersion, originOf, protection, writable } from "./lib/io/machine.ts";
import { findTools } from "./lib/io/tools.ts";

/** Says what a machine lacks for the daily commands: everything at once, with what to do. */
export const run = runnable((io, done) =>
  new Command("doctor")
    .description("Check that this machine has what the commands need.")
    .option(
      "--github",
      "compare the settings of GitHub with .github/rulesets as well: protection of main, environments, secrets",
      false,
    )
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nEnds with 0 if nothing is missing, 3 otherwise.")
    .action(async ({ github, format }) => {
      const checks: [what: string, look: () => Promise<string>][] = [
        ["bun", () => bunVersion(io.cwd)],
        ["git", gitVersion],
        ["helm", async () => (await findTools(io.env)).helm.version],
        ["kustomize", async () => (await findTools(io.env)).kubectl.version],
        [
          "engine",
          async () =>
            (await findEngine(io.env)) === undefined ? "none: bun run engine builds it; all works without" : "built",
        ],
        ["cache", () => writable(cacheFolder(io.env))],
        ["edits", abandonedEdits],
        ["origin", () => originOf(io.cwd, io.env)],
        ["token", () => Promise.resolve(hasCredentials(io.env) ? "set" : "none: only --pr and --github need one")],
        [
          "go",
          () =>
            Promise.resolve(
              Bun.which("go", { PATH: io.env["PATH"] ?? "" }) ??
                "none: only bun run engine and bun run lab build need it",
            ),
        ],
        ...(github ? [["protection", () => protection(io.cwd, io.env)] as [string, () => Promise<string>]] : []),
      ];
      let missing = 0;
      const answers: Record<string, string> = {};
      for (const [what, look] of checks) {
        const answer = await look().catch((error: unknown) => {
          missing++;
          return `missing: ${error instanceof Error ? error.message : String(error)}`;
        });
        answers[what] = answer;
        if (format === "text") io.stdout.write(`${what.padEnd(10)} ${answer}\n`);
      }
      if (format === "json") io.stdout.write(`${JSON.stringify({ missing, answers }, null, 2)}\n`);
      else io.stdout.write(missing === 0 ? "nothing is missing\n" : `${missing} of ${checks.length} missing\n`);
      done(missing === 0 ? exitCode.done : exitCode.tool);
    }),
);

if (import.meta.main) await main(run);
