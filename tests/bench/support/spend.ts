import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { CommandIo } from "../../../scripts/lib/command/io.ts";
import { ToolError } from "../../../scripts/lib/core/errors.ts";
import { loadFleet } from "../../../scripts/lib/fleet/load.ts";
import { Repository } from "../../../scripts/lib/fleet/repository.ts";
import { findTools } from "../../../scripts/lib/io/tools.ts";
import { naiveLoop } from "./loop.ts";
import type { Measurement } from "./measure.ts";

/** A process and all it started: seconds by the clock, and of both cores. */
export interface Spent {
  wall: number;
  cpu: number;
}

/** Validates a folder in a process of its own; only what some files change, if any are given. */
export async function measureValidate(
  root: string,
  env: Record<string, string | undefined>,
  changed: readonly string[] = [],
): Promise<Spent & { measurement: Measurement }> {
  const script = path.join(import.meta.dirname, "measure.ts");
  const { stdout, ...spent } = await spend([process.execPath, script, root, ...changed], env);
  return { ...spent, measurement: JSON.parse(stdout) as Measurement };
}

/** Runs the loop that a user would write. Charts of addons are not in it: their archives are in no folder of the repository. */
export async function measureLoop(io: CommandIo, root: string, folder: string): Promise<Spent> {
  const selection = { clusters: [], applications: ["root"] };
  const env = { ...io.env, GITOPS_CHARTS: path.join(folder, "none") };
  const { fleet } = await loadFleet(await Repository.read(root, { env, cache: false }), { selection });
  const { script, values } = naiveLoop(fleet.applications, await findTools(io.env), folder);
  for (const [file, content] of values) await writeFile(file, content);
  const file = path.join(folder, "loop.sh");
  await writeFile(file, script);
  const { wall, cpu } = await spend(
    ["bash", file, path.join(folder, "loop.yaml")],
    { PATH: io.env["PATH"] ?? "", HOME: folder },
    root,
  );
  return { wall, cpu };
}

/** Runs a program for as long as it takes, and says what it took with all it waited for. */
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
