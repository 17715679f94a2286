import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";

import { collect } from "../command/options.ts";

/** What becomes of the changes of a writer. */
export interface WriteOptions {
  dryRun: boolean;
  /** How changes are printed: for people, for programs, or for git apply. */
  format?: "json" | "patch" | "text";
  /** Proposes the changes as a pull request, and writes nothing here. */
  pr?: boolean;
  sign?: boolean;
  reviewer?: readonly string[];
}

const dryRunOption = new Option("--dry-run", "print the changes and write nothing").default(false);
const formatOption = new Option(
  "--format <format>",
  "how the changes are printed; patch, for git apply, goes with --dry-run",
)
  .choices(["text", "json", "patch"] as const)
  .default("text" as const);
const prOption = new Option("--pr", "open a pull request with the changes instead, or update it").default(false);
const reviewerOption = new Option(
  "--reviewer <name>",
  "ask this person, or team as ORGANISATION/TEAM, to look at the pull request of --pr (can be repeated)",
)
  .argParser(collect)
  .default([] as string[]);
const signOption = new Option("--sign", "sign the commit of --pr with the key that git is set up with").default(false);

/** The options of every command that writes. */
export function writerOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .addOption(dryRunOption)
    .addOption(formatOption)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption);
}
