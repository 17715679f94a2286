import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { type ExitCode, exitCode, ToolError, UsageError } from "../../scripts/lib/core/errors.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { run } from "../../scripts/lib/io/process.ts";
import { findTools } from "../../scripts/lib/io/tools.ts";
import { installDefinitions } from "../admit.ts";
import { startControlPlane } from "../control-plane.ts";
import { definitionsFor } from "../definitions.ts";
import { startNodes } from "../nodes.ts";
import { labProgram } from "../programs.ts";
import { keepState, requireRunningLab, runningLab } from "../state.ts";

/** Runs a control plane with nodes until it is told to stop, for a person to look around in. */
export async function labUp(io: CommandIo): Promise<ExitCode> {
  const before = await runningLab(io.env);
  if (before !== undefined) throw new UsageError(`a lab is running already (process ${before.pid}): bun run lab down`);
  const [control, kwok] = await Promise.all([
    labProgram(io.cwd, io.env, "control"),
    labProgram(io.cwd, io.env, "kwok"),
  ]);
  const selection = { clusters: [], applications: [] };
  const { fleet } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), { selection });
  const plane = await startControlPlane(control, { controllers: true });
  try {
    const { definitions } = await definitionsFor(fleet, io.env);
    await installDefinitions(plane.api, definitions);
    await startNodes(kwok, plane);
    await keepState(io.env, { pid: process.pid, kubeconfig: plane.kubeconfig });
    io.stdout.write(`export KUBECONFIG=${plane.kubeconfig}\n`);
    io.stderr.write("the lab is up; bun run lab exec -- get nodes; Ctrl-C or bun run lab down ends it\n");
    for (;;) {
      const dead = plane.daemons.find((daemon) => daemon.hasEnded());
      if (dead !== undefined) throw new ToolError(`${dead.name} has ended:\n${await dead.tail()}`);
      await Bun.sleep(500);
    }
  } finally {
    await plane.stop();
  }
}

/** How long the lab may take to end its programs, in milliseconds. */
const patience = 60_000;

/** Ends the lab that is up. */
export async function labDown(io: CommandIo): Promise<ExitCode> {
  const { pid } = await requireRunningLab(io.env);
  process.kill(pid, "SIGTERM");
  const end = performance.now() + patience;
  while ((await runningLab(io.env)) !== undefined) {
    if (performance.now() > end)
      throw new ToolError(`the lab (process ${pid}) has not ended within ${patience / 1000} s: kill -9 ${pid} ends it`);
    await Bun.sleep(50);
  }
  io.stderr.write("the lab is down\n");
  return exitCode.done;
}

export async function labStatus(io: CommandIo): Promise<ExitCode> {
  const state = await runningLab(io.env);
  io.stdout.write(
    state === undefined ? "no lab is running\n" : `process ${state.pid}, KUBECONFIG=${state.kubeconfig}\n`,
  );
  return exitCode.done;
}

/** kubectl against the lab that is up. */
export async function labExec(io: CommandIo, args: readonly string[]): Promise<ExitCode> {
  const { kubeconfig } = await requireRunningLab(io.env);
  const { kubectl } = await findTools(io.env);
  const { exitCode: code, stdout, stderr } = await run([kubectl.program, `--kubeconfig=${kubeconfig}`, ...args]);
  io.stdout.write(stdout);
  io.stderr.write(stderr);
  return code === 0 ? exitCode.done : exitCode.tool;
}
