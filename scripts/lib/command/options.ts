import { Option } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "commander";

/** For options that may be given more than once. */
export function collect(value: string, previous: string[]): string[] {
  if (value === "") throw new InvalidArgumentError("It is empty.");
  return [...previous, value];
}

/** Of every command that writes. */
export const dryRunOption = new Option("--dry-run", "print the changes and write nothing").default(false);
export const prOption = new Option(
  "--pr",
  "open a pull request with the changes instead, or bring it up to date",
).default(false);
export const reviewerOption = new Option(
  "--reviewer <name>",
  "ask this person, or team as ORGANISATION/TEAM, to look at the pull request of --pr (can be repeated)",
)
  .argParser(collect)
  .default([] as string[]);
export const signOption = new Option("--sign", "sign the commit of --pr with the key that git is set up with").default(
  false,
);
