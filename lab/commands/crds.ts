import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { type ExitCode, exitCode } from "../../scripts/lib/core/errors.ts";
import { collectDefinitions } from "../definitions.ts";

/** Collects the definitions of custom resources that the lab installs. */
export async function labCrds(io: CommandIo): Promise<ExitCode> {
  const count = await collectDefinitions(io.env, (text) => io.stderr.write(text));
  io.stdout.write(`${count} definitions kept for the lab\n`);
  return exitCode.done;
}
