import { ToolError } from "../../../scripts/lib/core/errors.ts";

/** A process and all it started: seconds by the clock, and of both cores. */
export interface Spent {
  wall: number;
  cpu: number;
}

/** Runs a program, and says what it took with all it waited for. */
export async function spend(
  command: string[],
  env: Record<string, string | undefined>,
  cwd?: string,
): Promise<Spent & { stdout: string }> {
  const started = performance.now();
  const child = Bun.spawn(command, { env, stdout: "pipe", stderr: "pipe", ...(cwd === undefined ? {} : { cwd }) });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new ToolError(`a measured run ended with ${code}: ${stderr.slice(0, 500)}`);
  const cpu = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6;
  return { wall: (performance.now() - started) / 1000, cpu, stdout };
}
