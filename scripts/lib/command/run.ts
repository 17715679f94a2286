import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { CommanderError, Help } from "commander";
import { createColors } from "picocolors";

import { CancelledError, type ExitCode, exitCode, ToolError, UsageError } from "../core/errors.ts";
import { wrapLines } from "../core/wrap.ts";
import { cleanUpOnSignals } from "../io/interrupt.ts";
import { closeLineProcesses } from "../io/line-process.ts";
import { type CommandIo, lookOf, processIo, withTerminal } from "./io.ts";

/** A command: arguments in, exit code out, everything else through io. */
export type Run = (argv: readonly string[], io: CommandIo) => Promise<ExitCode>;

/** A command with what it takes, for whoever reads a command line without running it. */
export type DefinedRun = Run & { definition: (io: CommandIo) => CommandUnknownOpts };

/** How an action says with which exit code the command ends. */
export type Done = (code: ExitCode) => void;

/** Wraps a commander program, whose action calls `done` with the exit code. The one place that judges failures. */
export function runnable(build: (io: CommandIo, done: Done) => CommandUnknownOpts): DefinedRun {
  const run: Run = async (argv, given) => {
    const io = withTerminal(given);
    let code: ExitCode = exitCode.done;
    const program = build(io, (value) => (code = value));
    configure(program, io);
    try {
      await program.parseAsync(argv, { from: "user" });
      return code;
    } catch (error) {
      return explain(error, io, program.name());
    }
  };
  return Object.assign(run, { definition: (io: CommandIo) => build(io, () => {}) });
}

/**
 * A command and its subcommands write to io and throw instead of ending the process. Their help does not say of an option
 * that it is off or empty where it is not given.
 */
function configure(command: CommandUnknownOpts, io: CommandIo): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(wrapLines(text, io.stdout.columns)),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(usageError(text, command, io)),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
    });
  command.configureHelp({
    minWidthToWrap: 20,
    optionDescription(option) {
      const { defaultValue, description } = option;
      const isNothing = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
      return isNothing ? description : Help.prototype.optionDescription.call(this, option);
    },
  });
  for (const own of command.commands) configure(own, io);
}

/** What commander says of wrong arguments, in the form of our own errors; the command is named with those above it. */
function usageError(text: string, command: CommandUnknownOpts, io: CommandIo): string {
  const names: string[] = [];
  for (let one: CommandUnknownOpts | null = command; one !== null; one = one.parent) names.unshift(one.name());
  const { red } = createColors(lookOf(io.stderr).colour);
  const said = text.trimEnd().replace(/^error: /, "");
  // Bun takes it before the name of a script only.
  const message = said.startsWith("unknown option '--silent'")
    ? `--silent goes before the name: bun run --silent ${names.join(" ")}`
    : said;
  return `${red("error:")} ${message}\n(bun run ${names.join(" ")} --help)\n`;
}

function explain(error: unknown, io: CommandIo, command: string): ExitCode {
  const say = (text: string) => io.stderr.write(`${createColors(lookOf(io.stderr).colour).red("error:")} ${text}\n`);
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  if (error instanceof UsageError) {
    say(`${error.message}\n(bun run ${command} --help)`);
    return exitCode.usage;
  }
  if (error instanceof CancelledError) {
    io.stderr.write("\ncancelled: nothing was written\n");
    return exitCode.cancelled;
  }
  if (error instanceof ToolError) {
    say(`tool failed: ${error.message}`);
    return exitCode.tool;
  }
  if (error instanceof Error && "syscall" in error) {
    say(`system error: ${error.message}`);
    return exitCode.tool;
  }
  say(`internal error in ${command} (a bug, not your input): please report it with the lines below.`);
  io.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCode.bug;
}

/** Runs a command as the process it is. */
export async function main(run: Run): Promise<void> {
  cleanUpOnSignals();
  // Not process.exit: it would cut off what is still being written to a pipe.
  process.exitCode = await run(process.argv.slice(2), processIo());
  closeLineProcesses();
}
