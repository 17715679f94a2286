import { Command, Option } from "@commander-js/extra-typings";

import { answersTemplate } from "./lib/adopt/answers.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { readInput, repositoryPath } from "./lib/io/user-path.ts";
import { adopt, answerSchema } from "./lib/write/adopt.ts";

/** Makes this repository another company's own. */
export const run = runnable((io, done) =>
  new Command("adopt")
    .description("Make this repository another company's: its names, the clusters and tenants that stay, and new keys.")
    .option("--answers <file>", "whose it is to be: an Adoption document")
    .option("--init", "print an answer file to fill in", false)
    .option("--empty", "keep one small cluster and no tenant, whatever the answers keep", false)
    .addOption(new Option("--dry-run", "print what would change, without keys, and write nothing").default(false))
    .addOption(
      new Option("--format <format>", "how changes are printed; json and patch, for git apply, go with --dry-run")
        .choices(["text", "json", "patch"] as const)
        .default("text" as const),
    )
    .addHelpText(
      "after",
      `
Examples:
  bun run --silent adopt --init > ../adopt.yaml
  bun run adopt --answers ../adopt.yaml --empty --dry-run
  bun run --silent adopt --answers ../adopt.yaml --empty | age --passphrase > ../keys.age

It writes everything or nothing, into a clean checkout, and only what bun run validate accepts; repeating it changes nothing.
Private keys are shown once, on stdout: send them to where they are kept. docs/adopt.md goes from the clone to a cluster.`,
    )
    .action(async ({ answers: file, init, ...options }) => {
      if (init) {
        const { documents } = await Repository.read(io.cwd, { env: io.env });
        const fleet = {
          clusters: [...documents.clusters.keys()].toSorted(),
          tenants: [...documents.tenants.keys()].toSorted(),
        };
        io.stdout.write(answersTemplate(await answerSchema(), fleet));
        return done(exitCode.done);
      }
      if (file === undefined)
        throw new UsageError(
          "--answers is missing: bun run --silent adopt --init > ../adopt.yaml begins a file for it",
        );
      if (options.format !== "text" && !options.dryRun)
        throw new UsageError(
          `--format ${options.format} goes with --dry-run: stdout is where the new private keys are shown`,
        );
      const text = await readInput(io, file);
      done(await adopt(io, { file: await repositoryPath(io, file), text, ...options }));
    }),
);

if (import.meta.main) await main(run);
