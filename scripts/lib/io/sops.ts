import { ToolError, UsageError } from "../core/errors.ts";
import { definedOf, run } from "./process.ts";

/**
 * Asks the sops program what only it can do: files for KMS, PGP or key groups. Where there is none, the reason is the
 * answer. Plaintext comes through a pipe, nothing is written.
 */
export async function runSops(
  argv: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string | undefined> },
  reason: string,
): Promise<string> {
  const program = Bun.which("sops", { PATH: env["PATH"] ?? "" });
  if (program === null) throw new UsageError(`${argv.at(-1)} ${reason}, and sops is not on the PATH`);
  const { exitCode, stdout, stderr } = await run([program, ...argv], { cwd, env: definedOf(env) });
  if (exitCode !== 0) throw new ToolError(`sops ended with ${exitCode}: ${stderr.trim()}`);
  return stdout;
}
