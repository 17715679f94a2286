import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { UsageError } from "./lib/core/errors.ts";
import { stringAt } from "./lib/core/json.ts";
import { readInput } from "./lib/io/user-path.ts";
import { argumentsOf } from "./lib/tenant/issue-form.ts";
import { type WriteOptions, writerOptions } from "./lib/write/options.ts";
import { run as newTenant } from "./new-tenant.ts";

/** Onboards the customer of an issue: for the workflow that a label starts. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("onboard")
      .description(
        "Onboard the customer that an issue of the form asks for; every field is somebody's word and checked.",
      )
      .requiredOption(
        "--event <file>",
        "the event of GitHub that has the issue as it was when it was labelled; - for standard input",
      ),
  )
    .addHelpText("after", '\nExamples:\n  bun run onboard --event "$GITHUB_EVENT_PATH" --pr')
    .action(async ({ event, ...options }) => {
      const body = stringAt(parsed(await readInput(io, event)), "issue", "body");
      if (body === undefined)
        throw new UsageError(`${event} holds no issue: give the file that GITHUB_EVENT_PATH names`);
      done(await newTenant([...argumentsOf(body), ...flagsOf(options)], io));
    }),
);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError("the event is no JSON");
  }
}

function flagsOf({ dryRun, format = "text", pr = false, sign = false, reviewer = [] }: WriteOptions): string[] {
  return [
    ...(dryRun ? ["--dry-run"] : []),
    `--format=${format}`,
    ...(pr ? ["--pr"] : []),
    ...(sign ? ["--sign"] : []),
    ...reviewer.map((name) => `--reviewer=${name}`),
  ];
}

if (import.meta.main) await main(run);
