import { Argument, Command } from "@commander-js/extra-typings";

import { groups, helpOf } from "./help.ts";
import { candidatesOf, type Names } from "./lib/command/completion.ts";
import type { CommandIo } from "./lib/command/io.ts";
import { main, runnable } from "./lib/command/run.ts";
import { shells } from "./lib/command/shells.ts";
import { exitCode } from "./lib/core/errors.ts";
import { readTree } from "./lib/io/files.ts";
import { run as runProgram } from "./lib/io/process.ts";
import { placesIn } from "./lib/repo/address.ts";
import { serviceNames } from "./lib/repo/content.ts";
import { retirementFile } from "./lib/repo/layout.ts";

const commands = Object.values(groups).flat();

/** What a shell needs to complete "bun run ...". */
export const run = runnable((io, done) =>
  new Command("completion")
    .description("Print what makes a shell complete commands, options and names of this repository.")
    .addArgument(
      new Argument("<shell>", "which; or words, of which the last is to be completed").choices([
        ...Object.keys(shells),
        "words",
      ] as const),
    )
    .argument("[words...]", "those after bun run, behind --")
    .addHelpText(
      "after",
      `
Examples:
  source <(bun run --silent completion bash)
  source <(bun run --silent completion zsh)
  bun run --silent completion fish | source`,
    )
    .action(async (shell, words) => {
      if (shell !== "words") io.stdout.write(shells[shell as keyof typeof shells]);
      else {
        const [command] = words;
        const help =
          command !== undefined && words.length > 1 && commands.includes(command) ? await helpOf(command, io) : "";
        const found = candidatesOf(words, commands, help, await namesIn(io));
        io.stdout.write(found.map((word) => `${word}\n`).join(""));
      }
      done(exitCode.done);
    }),
);

/** Names by their folders alone: nothing is read that could be wrong. */
async function namesIn({ cwd }: CommandIo): Promise<Names> {
  const { tree } = await readTree(cwd, ["apps", "clusters", "environments", "tenants"]);
  const git = await runProgram([
    "git",
    "-C",
    cwd,
    "for-each-ref",
    "--format=%(refname:short)",
    "refs/heads",
    "refs/remotes",
    "refs/tags",
  ]);
  return {
    clusters: placesIn(tree, "cluster")
      .map(({ cluster }) => cluster)
      .filter((cluster) => !tree.has(retirementFile(cluster))),
    tenants: placesIn(tree, "tenant").map(({ tenant }) => tenant),
    services: serviceNames(tree),
    environments: placesIn(tree, "environment").map(({ environment }) => environment),
    addons: placesIn(tree, "addonDefinition").map(({ addon }) => addon),
    revisions: git.exitCode === 0 ? ["HEAD", ...git.stdout.split("\n").filter(Boolean)] : [],
  };
}

if (import.meta.main) await main(run);
