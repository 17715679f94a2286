import type { CommandIo } from "../lib/command/io.ts";
import { type ExitCode, exitCode } from "../lib/core/errors.ts";
import { collectDefinitions } from "../lib/lab/definitions.ts";

/** Collects the definitions of custom resources that the lab installs. */
export async function labCrds(io: CommandIo): Promise<ExitCode> {
  const count = await collectDefinitions(io.env, (text) => io.stderr.write(text));
  io.stdout.write(`${count} definitions kept for the lab\n`);
  return exitCode.done;
}
